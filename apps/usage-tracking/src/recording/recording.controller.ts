import { type ApiKeysRefused, apiKeysRefused, type ApiKeysUsed, apiKeysUsed } from '#contracts';
import { type EventBatch, Reacts } from '#messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { RecordingService } from './recording.service.js';

@Controller()
export class RecordingController {
  constructor(private readonly recording: RecordingService) {}

  @Reacts(apiKeysUsed, apiKeysRefused)
  record(@Payload() batch: EventBatch<ApiKeysUsed | ApiKeysRefused>): Promise<void> {
    return this.recording.record(batch);
  }
}
