import { ApiKeysRefused, ApiKeysUsed, REFUSAL_REASONS } from '#contracts';
import { Database } from '#database';
import type { EventBatch } from '#messaging';
import { Injectable, Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import { addRefusals, addUses } from './add-counts.js';
import { claimBatches } from './claim-batches.js';
import { UsageTrackingConfig } from '../usage-tracking.config.js';
import { keepDeadLetters } from './dead-letters.js';
import { moveHorizon } from './move-horizon.js';
import { sumByKeyAndHour } from './sum-by-key-and-hour.js';

const DAY_MS = 86_400_000;

const batchesReceived = new Counter({
  name: 'usage_batches_total',
  help: 'Batches of uses and refusals that have arrived: new ones; and repetitions and those of hours that are no longer kept, which change nothing.',
  labelNames: ['novelty'],
});
const deadLetters = new Counter({
  name: 'usage_dead_letters_total',
  help: 'Events that could not be read; they are in the table usage_tracking.dead_letters.',
});

@Injectable()
export class RecordingService {
  private readonly logger = new Logger(RecordingService.name);

  constructor(
    private readonly database: Database,
    private readonly config: UsageTrackingConfig,
  ) {}

  /**
   * Adds what is new to the counts, in one transaction. After a failure, or when its outcome is unknown, the same
   * events may simply be recorded again.
   *
   * @throws DomainError UNAVAILABLE when PostgreSQL cannot be reached in time.
   */
  async record(batch: EventBatch<ApiKeysUsed | ApiKeysRefused>): Promise<void> {
    const { events, malformed, handledBefore } = batch;
    const added = await this.database.transaction(async (manager) => {
      const claimed = await claimBatches(manager, events);
      const oldest = this.oldestCounted();
      const batches = claimed.filter(({ hour }) => Date.parse(hour) >= oldest);
      const used = batches.filter((batch) => batch instanceof ApiKeysUsed);
      await addUses(manager, sumByKeyAndHour(used));
      for (const reason of REFUSAL_REASONS) {
        const refused = batches.filter((batch) => batch instanceof ApiKeysRefused && batch.reason === reason);
        await addRefusals(manager, reason, sumByKeyAndHour(refused));
      }
      await keepDeadLetters(manager, malformed);
      if (handledBefore !== undefined) await moveHorizon(manager, handledBefore);
      return { claimed: claimed.length, counted: batches.length };
    });
    batchesReceived.inc({ novelty: 'new' }, added.counted);
    batchesReceived.inc({ novelty: 'outdated' }, added.claimed - added.counted);
    batchesReceived.inc({ novelty: 'repeated' }, events.length - added.claimed);
    this.report(malformed);
  }

  /**
   * Uses of days that are no longer kept would be pruned at once. And a publisher is forgotten when all that was counted of it
   * is that old, so what is left of its batches somewhere is not counted a second time (decision 6).
   */
  private oldestCounted(): number {
    const now = Date.now();
    return now - (now % DAY_MS) - this.config.DAILY_RETENTION_DAYS * DAY_MS;
  }

  private report(malformed: EventBatch<never>['malformed']): void {
    const [first] = malformed;
    if (first === undefined) return;
    deadLetters.inc(malformed.length);
    const { subject, reason } = first;
    this.logger.error('Events that could not be read are in usage_tracking.dead_letters', {
      events: malformed.length,
      first: { subject, reason },
    });
  }
}
