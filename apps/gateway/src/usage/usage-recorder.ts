import type { RefusalReason } from '#contracts';
import { Injectable } from '@nestjs/common';
import { type UsageColumns, UsageSums } from './usage-sums.js';

/**
 * Counts uses and refusals of keys in memory, in well under a microsecond each; {@link UsagePublisher} sends the sums.
 * It reads the clock itself: whatever is recorded after the sums were taken happened after they were taken.
 */
@Injectable()
export class UsageRecorder {
  private readonly uses = new UsageSums();
  private readonly refusals = { deleted: new UsageSums(), expired: new UsageSums() };

  get isEmpty(): boolean {
    return this.uses.isEmpty && this.refusals.deleted.isEmpty && this.refusals.expired.isEmpty;
  }

  /** Once for each use, when it is granted: `api.md` says what a use is. */
  recordUse(keyId: string): void {
    this.uses.add(keyId, Date.now());
  }

  recordRefusal(keyId: string, reason: RefusalReason): void {
    this.refusals[reason].add(keyId, Date.now());
  }

  /** Hands over the uses since the last time. */
  takeUses(): UsageColumns[] {
    return this.uses.take();
  }

  /** Hands over the refusals since the last time. */
  takeRefusals(reason: RefusalReason): UsageColumns[] {
    return this.refusals[reason].take();
  }
}
