import { Database } from '#database';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ApiKeyDeletion, type DeletingKey } from './api-key-deletion.js';
import { ApiKeyEntity } from './api-key.entity.js';

const SWEEP_EVERY_MS = 1_000;
/** Deletions that one process completes at the same time; the rest follow with the next sweeps. */
const MAX_AT_ONCE = 100;

/**
 * Completes deletions that a crash, an outage or an impatient caller has left half done: at start and every second,
 * on every replica. Two replicas at the same key do no harm.
 */
@Injectable()
export class DeletionSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(DeletionSweeper.name);
  /** Deletions that the sweeper is completing. */
  private underway = 0;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly deletion: ApiKeyDeletion,
  ) {}

  onApplicationBootstrap(): void {
    void this.sweepAgainAndAgain();
  }

  onApplicationShutdown(): void {
    this.stopping.abort();
    clearTimeout(this.timer);
  }

  private async sweepAgainAndAgain(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.logger.warn(
        `sweep failed, trying again: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => void this.sweepAgainAndAgain(), SWEEP_EVERY_MS);
  }

  private async sweep(): Promise<void> {
    const room = MAX_AT_ONCE - this.underway;
    const rows = await this.database.run((manager) =>
      manager
        .createQueryBuilder(ApiKeyEntity, 'key')
        .select(['key.id', 'key.keyHash'])
        .where(`key.state = 'deleting'`)
        // Past those that this process is completing, so that stuck ones do not keep the others waiting.
        .andWhere('key.id <> ALL(:underway)', { underway: this.deletion.underwayIds() })
        .limit(room)
        .getMany(),
    );
    const seenAtMs = performance.now();
    for (const { id, keyHash } of rows) void this.complete({ id, keyHash, seenAtMs });
  }

  private async complete(key: DeletingKey): Promise<void> {
    this.underway += 1;
    try {
      await this.deletion.complete(key, this.stopping.signal);
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.logger.warn(
        `deletion of key ${key.id} is not complete yet: ${error instanceof Error ? error.message : String(error)}`,
      );
    } finally {
      this.underway -= 1;
    }
  }
}
