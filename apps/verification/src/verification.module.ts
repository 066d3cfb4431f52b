import { KeyFence } from '#key-fence';
import { Readiness } from '#observability';
import { Module } from '@nestjs/common';
import { VerificationConfig } from './verification.config.js';
import { KeyCache } from './verification/key-cache.js';
import { KeyRecords } from './verification/key-records.js';
import { VerificationController } from './verification/verification.controller.js';
import { VerificationService } from './verification/verification.service.js';

/** One call to Redis. After that, PostgreSQL is asked without it. */
const REDIS_BUDGET_MS = 50;

@Module({
  controllers: [VerificationController],
  providers: [
    { provide: KeyFence, inject: [VerificationConfig], useFactory: createKeyFence },
    KeyCache,
    KeyRecords,
    VerificationService,
  ],
})
export class VerificationModule {
  /** Redis is no condition for being ready: without it, verification is slower and as right. */
  constructor(readiness: Readiness, records: KeyRecords) {
    readiness.add('postgresql', () => records.ping());
  }
}

export function createKeyFence(config: VerificationConfig): KeyFence {
  return new KeyFence({
    redisUrl: config.REDIS_URL,
    connectionName: 'verification',
    budgetMs: REDIS_BUDGET_MS,
    fillTokenLifetimeMs: config.FILL_TOKEN_LIFETIME_MS,
  });
}
