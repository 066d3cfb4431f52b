import { randomBytes, randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VerificationOutcome } from '#contracts';
import type { KeyFence } from '#key-fence';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { asOwner, migrate } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import {
  loadCredentials,
  redisUrl,
  startPostgres,
  startRedis,
  temporaryDirectory,
} from '../../../tools/stack/servers.mjs';
import { VerificationConfig } from '../src/verification.config.js';
import { createKeyFence } from '../src/verification.module.js';
import type { KeyRecord } from '../src/verification/decide.js';
import { KeyCache } from '../src/verification/key-cache.js';
import { KeyRecords, type RecordsRead } from '../src/verification/key-records.js';
import { VerificationService } from '../src/verification/verification.service.js';

type Server = Awaited<ReturnType<typeof startRedis>>;

export interface TestKey {
  keyHash: string;
  keyId: string;
  projectId: string;
}

export const newHash = (): string => randomBytes(32).toString('base64url');

/**
 * A Redis and a PostgreSQL of one test file, to be stopped and broken at will, with the users and roles
 * that the platform runs with.
 */
export class PlatformForTests {
  private readonly verifiers: Verifier[] = [];
  private readonly projectId = randomUUID();

  private constructor(
    readonly directory: string,
    readonly redis: Server,
    readonly postgres: Server,
    /** May do everything, and comes back by itself after a restart. */
    readonly redisAdmin: Redis,
  ) {}

  static async start(): Promise<PlatformForTests> {
    // Each outage is reported; here they are all wanted.
    Logger.overrideLogger(false);
    const directory = temporaryDirectory('verification');
    const [redis, postgres] = await Promise.all([
      startRedis({ dir: directory }),
      startPostgres({ dir: directory }),
    ]);
    const redisAdmin = new Redis(redis.url, { retryStrategy: () => 20 });
    redisAdmin.on('error', () => undefined);
    const platform = new PlatformForTests(directory, redis, postgres, redisAdmin);
    try {
      await platform.prepareDatabase();
    } catch (error) {
      await platform.stop();
      throw error;
    }
    return platform;
  }

  private async prepareDatabase(): Promise<void> {
    const credentials = loadCredentials(this.directory);
    await migrate({
      DATABASE_URL: this.postgres.url,
      KEY_MANAGEMENT_DATABASE_PASSWORD: credentials.databaseKeyManagementPassword,
      VERIFICATION_DATABASE_PASSWORD: credentials.databaseVerificationPassword,
      USAGE_TRACKING_DATABASE_PASSWORD: credentials.databaseUsageTrackingPassword,
    });
    await this.sql(`INSERT INTO key_management.projects (id, name, created_at) VALUES ($1, 'test', now())`, [
      this.projectId,
    ]);
  }

  /** Another replica of the service, without the bus, with Redis in use. */
  async verifier(settings: Partial<VerificationConfig> = {}): Promise<Verifier> {
    const verifier = new Verifier(this.config(settings));
    this.verifiers.push(verifier);
    await verifier.usesRedis();
    return verifier;
  }

  config(settings: Partial<VerificationConfig> = {}): VerificationConfig {
    const credentials = loadCredentials(this.directory);
    const databaseUrl = new URL(this.postgres.url);
    databaseUrl.username = 'traylinx_verification';
    databaseUrl.password = credentials.databaseVerificationPassword;
    return Object.assign(new VerificationConfig(), {
      DATABASE_URL: databaseUrl.href,
      REDIS_URL: redisUrl(this.redis.port, 'verification', credentials.redisVerificationPassword),
      ...settings,
    });
  }

  async createKey({ expiresAt, keyHash }: { expiresAt?: Date; keyHash?: string } = {}): Promise<TestKey> {
    const key = { keyHash: keyHash ?? newHash(), keyId: randomUUID(), projectId: this.projectId };
    await this.sql(
      `INSERT INTO key_management.api_keys
         (id, project_id, key_hash, key_start, state, created_at, created_by, expires_at)
       VALUES ($1, $2, $3, 'tlx_test', 'active', now(), 'test', $4)`,
      [key.keyId, key.projectId, Buffer.from(key.keyHash, 'base64url'), expiresAt ?? null],
    );
    return key;
  }

  async setState({ keyId }: TestKey, state: KeyRecord['state']): Promise<void> {
    await this.sql('UPDATE key_management.api_keys SET state = $2 WHERE id = $1', [keyId, state]);
  }

  async setEntryLifetime(ms: number): Promise<void> {
    await this.sql('UPDATE key_management.entry_lifetime SET current_ms = $1, longest_ms = $1', [ms]);
  }

  /** The deletion protocol, with a Redis that answers. */
  async deleteKey(key: TestKey, keyFence: KeyFence): Promise<void> {
    await this.setState(key, 'deleting');
    await keyFence.fence([key.keyHash]);
    await this.setState(key, 'deleted');
  }

  async sql(statement: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const { rows } = await asOwner(this.postgres.url, (client) =>
      client.query<Record<string, unknown>>(statement, values),
    );
    return rows;
  }

  async isCached({ keyHash }: { keyHash: string }): Promise<boolean> {
    return (await this.redisAdmin.exists(`tlx:e:${keyHash}`)) === 1;
  }

  async restartPostgresAs(role: 'primary' | 'standby'): Promise<void> {
    const [row] = await this.sql('SHOW data_directory');
    const signalFile = join(String(row?.['data_directory']), 'standby.signal');
    await this.postgres.stop();
    if (role === 'standby') writeFileSync(signalFile, '');
    else rmSync(signalFile);
    await this.postgres.start();
  }

  /** Whatever a test has broken: both servers run and answer, and the verifier uses Redis. */
  async heal(): Promise<void> {
    for (const server of [this.redis, this.postgres]) {
      await server.kill('SIGCONT');
      if (!isRunning(server)) await server.start();
    }
    await eventually(() => this.sql('SELECT 1'));
    for (const verifier of this.verifiers) await verifier.usesRedis();
  }

  async stop(): Promise<void> {
    await Promise.all(this.verifiers.map((verifier) => verifier.stop()));
    this.redisAdmin.disconnect();
    await Promise.all([this.redis.stop(), this.postgres.stop()]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function isRunning(server: Server): boolean {
  try {
    return server.pid > 0;
  } catch {
    return false;
  }
}

class Gate {
  /** Resolves when somebody stands before it. */
  readonly reached: Promise<void>;
  arrive: () => void = () => undefined;
  readonly opened: Promise<void>;
  open: () => void = () => undefined;

  constructor() {
    this.reached = new Promise((resolve) => (this.arrive = resolve));
    this.opened = new Promise((resolve) => (this.open = resolve));
  }
}

/** Reads like any other, and then holds back what it has read until it is let go. */
class HoldableRecords extends KeyRecords {
  private gate: Gate | undefined;

  override async read(keyHashes: readonly string[]): Promise<RecordsRead> {
    const { gate } = this;
    const read = await super.read(keyHashes);
    gate?.arrive();
    await gate?.opened;
    return read;
  }

  /** For the next read; `reached` resolves when PostgreSQL has answered it. */
  hold(): Pick<Gate, 'reached' | 'open'> {
    const gate = new Gate();
    this.gate = gate;
    void gate.reached.then(() => (this.gate = undefined));
    return gate;
  }
}

/** One replica of the service, without the bus. */
export class Verifier {
  readonly keyFence: KeyFence;
  readonly records: HoldableRecords;
  private readonly service: VerificationService;

  constructor(config: VerificationConfig) {
    this.keyFence = createKeyFence(config);
    this.records = new HoldableRecords(config);
    this.service = new VerificationService(config, new KeyCache(this.keyFence), this.records);
  }

  verify(keyHashes: readonly string[]): ReturnType<VerificationService['verify']> {
    return this.service.verify(keyHashes);
  }

  async outcomes(...keys: { keyHash: string }[]): Promise<VerificationOutcome[]> {
    return (await this.verify(keys.map(({ keyHash }) => keyHash))).outcomes;
  }

  async outcome(key: { keyHash: string }): Promise<VerificationOutcome | undefined> {
    return (await this.outcomes(key))[0];
  }

  async usesRedis(): Promise<void> {
    await eventually(() => this.keyFence.lookup(['in use?']));
  }

  async stop(): Promise<void> {
    this.keyFence.onApplicationShutdown();
    await this.records.onApplicationShutdown();
  }
}
