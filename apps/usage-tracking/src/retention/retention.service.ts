import { Database } from '#database';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Counter } from 'prom-client';
import { UsageTrackingConfig } from '../usage-tracking.config.js';

const PRUNE_EVERY_MS = 600_000;
/** Takes a few milliseconds, so that recording never waits long for what is being removed. */
const ROWS_PER_STATEMENT = 2_000;
/** Any number that nobody else locks: it spells "prun". */
const LOCK = 0x7072756e;
/** A publisher outlives what was counted of it by this much, should the clock of its gateway have been ahead. */
const PUBLISHER_MARGIN_DAYS = 2;

const prunedRows = new Counter({
  name: 'usage_pruned_rows_total',
  help: 'Rows that were removed because they are older than they are kept.',
  labelNames: ['table'],
});

interface Retention {
  table: string;
  /** The column that tells; indexed where there are many rows. */
  age: string;
  /** Whether recording changes such rows. What it has locked is left for the next time: neither waits for the other in a circle. */
  changes: boolean;
  /** SQL: rows that are older go. `$1` is the number of days. In hours, as a day has 23 now and then in some time zone. */
  before: string;
  days: (config: UsageTrackingConfig) => number;
}

const DAYS_AGO = `make_interval(hours => 24 * $1::integer)`;

const RETENTIONS: readonly Retention[] = [
  {
    table: 'hourly_uses',
    age: 'hour',
    changes: true,
    before: `date_trunc('hour', now(), 'UTC') - ${DAYS_AGO}`,
    days: (config) => config.HOURLY_RETENTION_DAYS,
  },
  {
    table: 'daily_uses',
    age: 'day',
    changes: true,
    before: `(now() AT TIME ZONE 'UTC')::date - $1::integer`,
    days: (config) => config.DAILY_RETENTION_DAYS,
  },
  {
    table: 'refusals',
    age: 'last_refused_at',
    changes: true,
    before: `now() - ${DAYS_AGO}`,
    days: (config) => config.REFUSAL_RETENTION_DAYS,
  },
  {
    table: 'dead_letters',
    age: 'recorded_at',
    changes: false,
    before: `now() - ${DAYS_AGO}`,
    days: (config) => config.DEAD_LETTER_RETENTION_DAYS,
  },
  {
    // While nobody is heard, nobody is forgotten. Why it is safe to forget one at all: decision 6.
    table: 'publishers',
    age: 'last_seen_at',
    changes: true,
    before: `(SELECT max(last_seen_at) FROM usage_tracking.publishers) - ${DAYS_AGO}`,
    days: (config) => config.DAILY_RETENTION_DAYS + PUBLISHER_MARGIN_DAYS,
  },
];

/** Removes what is older than it is kept: at start and every ten minutes, by one replica at a time, a few rows at a time. */
@Injectable()
export class RetentionService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RetentionService.name);
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly config: UsageTrackingConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.pruneAgainAndAgain();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.running;
  }

  /** @throws DomainError UNAVAILABLE when PostgreSQL cannot be reached in time; the rest is removed the next time. */
  async prune(): Promise<void> {
    for (const retention of RETENTIONS) {
      let removed: number | undefined;
      do {
        removed = await this.removeSome(retention);
        prunedRows.inc({ table: retention.table }, removed ?? 0);
      } while (removed === ROWS_PER_STATEMENT && !this.stopping.signal.aborted);
      if (removed === undefined) return;
    }
  }

  private async pruneAgainAndAgain(): Promise<void> {
    try {
      await this.prune();
    } catch (error) {
      this.logger.warn(
        `what is too old is not removed, trying again: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.running = this.pruneAgainAndAgain();
    }, PRUNE_EVERY_MS);
  }

  /** @returns how many rows were removed, or undefined while another replica is at it */
  private removeSome({ table, age, changes, before, days }: Retention): Promise<number | undefined> {
    return this.database.transaction(async (manager) => {
      const [lock]: { free: boolean }[] = await manager.query(
        'SELECT pg_try_advisory_xact_lock($1) AS free',
        [LOCK],
      );
      if (lock?.free !== true) return undefined;
      const [, removed]: [unknown, number] = await manager.query(
        `DELETE FROM usage_tracking.${table} WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM usage_tracking.${table} WHERE ${age} < ${before}
           ORDER BY ${age} LIMIT ${String(ROWS_PER_STATEMENT)} ${changes ? 'FOR UPDATE SKIP LOCKED' : ''}
         ))`,
        [days(this.config)],
      );
      return removed;
    });
  }
}
