import { Module } from '@nestjs/common';
import { UsagePublisher } from './usage-publisher.js';
import { UsageRecorder } from './usage-recorder.js';
import { UsageController } from './usage.controller.js';

@Module({
  controllers: [UsageController],
  providers: [UsageRecorder, UsagePublisher],
  exports: [UsageRecorder],
})
export class UsageModule {}
