import { Module } from '@nestjs/common';
import { UsagePublisher } from './usage-publisher.js';
import { UsageRecorder } from './usage-recorder.js';

@Module({ providers: [UsageRecorder, UsagePublisher], exports: [UsageRecorder] })
export class UsageModule {}
