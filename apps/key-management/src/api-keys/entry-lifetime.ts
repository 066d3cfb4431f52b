import { Database } from '#database';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { KeyManagementConfig } from '../key-management.config.js';

const RETRY_MS = 1_000;

interface Row {
  /** What verifiers read with each record, and store entries for. */
  current_ms: number;
  /** The longest that an entry can have been stored for which may still be there. */
  longest_ms: number;
  changes: number;
}

/**
 * L, the time for which a cached key is served. It is set here and nowhere else: verifiers read it with the records that
 * they cache, in one statement. `docs/decisions/0007-the-entry-lifetime-travels-with-the-record.md` says why a deletion
 * that has to wait never waits too short, whoever is configured how.
 */
@Injectable()
export class EntryLifetime implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(EntryLifetime.name);
  private readonly stopping = new AbortController();

  constructor(
    private readonly database: Database,
    private readonly config: KeyManagementConfig,
  ) {}

  onApplicationBootstrap(): void {
    void this.applyUntilDone();
  }

  onApplicationShutdown(): void {
    this.stopping.abort();
  }

  /**
   * No entry that was filled with something read before this call outlives this many milliseconds, counted from the reading.
   * To be asked after `deleting` was committed: before, a verifier could still be told a longer time.
   */
  async longestMs(): Promise<number> {
    return (await this.read()).longest_ms;
  }

  private async applyUntilDone(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.apply();
        return;
      } catch (error) {
        this.report(error);
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** A longer time is good at once. A shorter one is too, but what was stored for longer has to end before anybody relies on it. */
  private async apply(): Promise<void> {
    const wantedMs = this.config.ENTRY_LIFETIME_MS;
    await this.database.run((manager) =>
      manager.query(
        `UPDATE key_management.entry_lifetime
         SET current_ms = $1, longest_ms = greatest(longest_ms, $1), changes = changes + 1 WHERE current_ms <> $1`,
        [wantedMs],
      ),
    );
    const row = await this.read();
    const seenAtMs = performance.now();
    if (row.longest_ms === row.current_ms) return;
    this.logger.log(
      `entries live for ${String(row.current_ms)} ms from now on; some may have been stored for ${String(row.longest_ms)} ms`,
    );
    const endsAtMs = seenAtMs + row.longest_ms + this.config.FENCE_MARGIN_MS;
    await delay(endsAtMs - performance.now(), undefined, { signal: this.stopping.signal });
    await this.database.run((manager) =>
      manager.query(`UPDATE key_management.entry_lifetime SET longest_ms = current_ms WHERE changes = $1`, [
        row.changes,
      ]),
    );
  }

  private report(error: unknown): void {
    // Stopping interrupts what waits; the next start goes on with it.
    if (this.stopping.signal.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.warn(`the lifetime of entries is not set yet, trying again: ${reason}`);
  }

  private async read(): Promise<Row> {
    const [row] = await this.database.run((manager) =>
      manager.query<Row[]>('SELECT current_ms, longest_ms, changes FROM key_management.entry_lifetime'),
    );
    if (row === undefined) throw new Error('key_management.entry_lifetime has no row: migrate');
    return row;
  }
}
