import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Pool, type PoolClient, type QueryResultRow } from 'pg';
import { Counter } from 'prom-client';
import { VerificationConfig } from '../verification.config.js';
import type { KeyRecord } from './decide.js';

/** For all of one read: getting a connection, making one if need be, and the answer. */
const READ_BUDGET_MS = 700;

const IS_STANDBY = 'SELECT pg_is_in_recovery() AS standby';
const READ_RECORDS = `
  SELECT key_hash, key_id, project_id, state, expires_at, cacheable_ms
  FROM key_management.api_key_records
  WHERE key_hash = ANY($1::bytea[])`;

const failures = new Counter({
  name: 'verification_database_failures_total',
  help: 'Reads of PostgreSQL that failed or took too long, a batch each.',
});

interface Row {
  key_hash: Buffer;
  key_id: string;
  project_id: string;
  state: KeyRecord['state'];
  expires_at: Date | null;
  /** The same in all rows. */
  cacheable_ms: number | null;
}

export interface RecordsRead {
  /** Of those key hashes that exist. */
  readonly byHash: ReadonlyMap<string, KeyRecord>;
  /**
   * For how many milliseconds they may be served without being read again: what key-management counts on while it waits,
   * at the same moment of the database as the records. 0: not at all.
   */
  readonly cacheableMs: number;
}

/**
 * The truth about keys: the view that key-management publishes, read on the primary and nowhere else. Why
 * not with TypeORM: docs/decisions/0005-verification-reads-with-plain-pg.md.
 */
@Injectable()
export class KeyRecords implements OnApplicationShutdown {
  private readonly logger = new Logger(KeyRecords.name);
  private readonly pool: Pool;
  private readonly primaries = new WeakSet<PoolClient>();
  private lastFailure = '';

  constructor(config: VerificationConfig) {
    this.pool = new Pool({
      connectionString: config.DATABASE_URL,
      application_name: 'verification',
      max: config.DATABASE_POOL_SIZE,
      connectionTimeoutMillis: READ_BUDGET_MS,
      // We walk away from a query that takes too long. Without this, its backend would go on waiting (for a
      // lock, say), and the connections made in its place would exhaust the server.
      statement_timeout: READ_BUDGET_MS,
      keepAlive: true,
    });
    // A connection was lost, which the pool then drops. Unheard, the event would end the process; the pool itself
    // listens to those that are idle, and only to them.
    this.pool.on('error', (error) => {
      this.report(error);
    });
    this.pool.on('connect', (client) => {
      client.on('error', () => undefined);
    });
  }

  /**
   * @throws whatever has kept PostgreSQL from answering within 700 ms; then nothing is known about any of
   * them
   */
  async read(keyHashes: readonly string[]): Promise<RecordsRead> {
    try {
      const rows = await this.query(keyHashes.map((keyHash) => Buffer.from(keyHash, 'base64url')));
      this.lastFailure = '';
      return {
        byHash: new Map(rows.map((row) => [row.key_hash.toString('base64url'), recordOf(row)])),
        cacheableMs: rows[0]?.cacheable_ms ?? 0,
      };
    } catch (error) {
      failures.inc();
      this.report(error);
      throw error;
    }
  }

  /** For the readiness check. */
  async ping(): Promise<void> {
    await this.query([]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  private async query(keyHashes: readonly Buffer[]): Promise<Row[]> {
    const deadlineMs = performance.now() + READ_BUDGET_MS;
    const client = await this.pool.connect();
    try {
      await this.requirePrimary(client, deadlineMs);
      const rows = await ask<Row>(client, deadlineMs, {
        name: 'read',
        text: READ_RECORDS,
        values: [keyHashes],
      });
      client.release();
      return rows;
    } catch (error) {
      // Discarded: whoever got it next would wait behind the query that has failed, for an answer that may
      // never come.
      client.release(true);
      throw error;
    }
  }

  /** Once in the life of a connection: a primary does not become a standby without closing it. */
  private async requirePrimary(client: PoolClient, deadlineMs: number): Promise<void> {
    if (this.primaries.has(client)) return;
    const [row] = await ask<{ standby: boolean }>(client, deadlineMs, { text: IS_STANDBY });
    // It may lag behind, and show as active what is deleted.
    if (row?.standby !== false)
      throw new Error('this PostgreSQL is a standby: only the primary may be asked');
    this.primaries.add(client);
  }

  /** Once, and not again until something else happens: an outage meets every batch. */
  private report(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message === this.lastFailure) return;
    this.lastFailure = message;
    this.logger.warn(`PostgreSQL could not be read: ${message}`);
  }
}

async function ask<R extends QueryResultRow>(
  client: PoolClient,
  deadlineMs: number,
  statement: { name?: string; text: string; values?: unknown[] },
): Promise<R[]> {
  // 0 would mean no limit.
  const query_timeout = Math.max(1, deadlineMs - performance.now());
  const limited = { ...statement, query_timeout };
  return (await client.query<R>(limited)).rows;
}

function recordOf(row: Row): KeyRecord {
  return {
    keyId: row.key_id,
    projectId: row.project_id,
    state: row.state,
    expiresAtMs: row.expires_at === null ? null : row.expires_at.getTime(),
  };
}
