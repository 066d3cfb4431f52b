import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Client } from 'pg';
import { eventually } from '../../../test/support/eventually.js';
import { startTcpProxy } from '../../../tools/stack/tcp-proxy.mjs';
import { newHash, PlatformForTests, type TestKey, type Verifier } from './platform-for-tests.js';

/** What the gateway gives one attempt. */
const LIMIT_MS = 900;

let platform: PlatformForTests;
let verifier: Verifier;

beforeAll(async () => {
  platform = await PlatformForTests.start();
  verifier = await platform.verifier();
}, 60_000);

afterEach(() => platform.heal());
afterAll(() => platform.stop());

async function inTime<T>(work: Promise<T>): Promise<T> {
  const startedAtMs = performance.now();
  const result = await work;
  expect(performance.now() - startedAtMs).toBeLessThan(LIMIT_MS);
  return result;
}

async function cachedKey(): Promise<TestKey> {
  const key = await platform.createKey();
  await verifier.outcome(key);
  expect(await platform.isCached(key)).toBe(true);
  return key;
}

describe('while Redis does not answer', () => {
  beforeEach(() => platform.redis.kill('SIGSTOP'));

  it('every verification is as right as ever and in time; Redis is used again within a second', async () => {
    const [valid, expired, deleted] = await Promise.all([
      platform.createKey(),
      platform.createKey({ expiresAt: new Date(0) }),
      platform.createKey(),
    ]);
    await platform.setState(deleted, 'deleting');
    await platform.setState(deleted, 'deleted');
    for (let i = 0; i < 10; i += 1) {
      expect(await inTime(verifier.outcomes(valid, expired, deleted, { keyHash: newHash() }))).toEqual([
        'VALID',
        'EXPIRED',
        'DELETED',
        'UNKNOWN',
      ]);
    }
    // Nobody waits for Redis any more: some call at least is quicker than the wait would be, busy as the machine may be.
    await eventually(async () => {
      const startedAtMs = performance.now();
      await verifier.outcome(valid);
      expect(performance.now() - startedAtMs).toBeLessThan(50);
    });

    await platform.redis.kill('SIGCONT');
    await eventually(() => verifier.keyFence.lookup([newHash()]), { withinMs: 1_000 });
    // Redis has now worked off the look-ups that we had given up, and the tokens it granted have to run out.
    await eventually(async () => {
      await verifier.outcome(valid);
      expect(await platform.isCached(valid)).toBe(true);
    });
  });

  it('a key that is being deleted is not rejected: it may be in the cache', async () => {
    const [key, other] = await Promise.all([platform.createKey(), platform.createKey()]);
    await platform.setState(key, 'deleting');
    expect(await inTime(verifier.outcomes(key, other))).toEqual(['UNAVAILABLE', 'VALID']);
  });
});

describe('while Redis is gone', () => {
  it('PostgreSQL alone answers, and an empty Redis that starts again is used', async () => {
    const key = await cachedKey();
    await platform.redis.kill('SIGKILL');
    expect(await inTime(verifier.outcomes(key, { keyHash: newHash() }))).toEqual(['VALID', 'UNKNOWN']);
    await platform.redis.start();
    await eventually(
      async () => {
        expect(await verifier.outcome(key)).toBe('VALID');
        expect(await platform.isCached(key)).toBe(true);
      },
      { withinMs: 1_500 },
    );
  });

  it('PostgreSQL alone answers also where Redis refuses to tell its run id', async () => {
    const key = await cachedKey();
    await platform.redisAdmin.call('ACL', 'SETUSER', 'verification', '-info');
    await platform.setState(key, 'deleting');
    await platform.setState(key, 'deleted');
    expect(await verifier.outcome(key)).toBe('DELETED');
    await platform.redisAdmin.call('ACL', 'SETUSER', 'verification', '+info');
  });
});

describe('while PostgreSQL', () => {
  it.each([
    ['does not answer', 'SIGSTOP'],
    ['is gone', 'SIGKILL'],
  ] as const)(
    '%s, cached keys are answered, others UNAVAILABLE, in time; then all is well again',
    async (_what, signal) => {
      const cached = await cachedKey();
      const uncached = await platform.createKey();
      await platform.postgres.kill(signal);

      expect(await inTime(verifier.outcome(cached))).toBe('VALID');
      expect(await inTime(verifier.outcomes(uncached, cached, { keyHash: newHash() }))).toEqual([
        'UNAVAILABLE',
        'VALID',
        'UNAVAILABLE',
      ]);
      // More batches at the same time than there are connections.
      const batches = Array.from({ length: 50 }, () => inTime(verifier.outcomes(uncached, cached)));
      for (const outcomes of await Promise.all(batches)) expect(outcomes).toEqual(['UNAVAILABLE', 'VALID']);

      await (signal === 'SIGSTOP' ? platform.postgres.kill('SIGCONT') : platform.postgres.start());
      await eventually(
        async () => {
          expect(await verifier.outcome(uncached)).toBe('VALID');
        },
        {
          withinMs: 1_000,
        },
      );
    },
  );
});

describe('a PostgreSQL that answers late', () => {
  it('never has its answer taken for that of another question', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => platform.createKey()));
    await platform.postgres.kill('SIGSTOP');
    await Promise.all(keys.map((key) => verifier.outcome(key)));
    await platform.postgres.kill('SIGCONT');
    await eventually(async () => {
      expect(await verifier.outcome({ keyHash: newHash() })).toBe('UNKNOWN');
    });
    for (const key of keys) {
      expect((await verifier.verify([key.keyHash])).keyIds).toEqual([key.keyId]);
      expect(await verifier.outcome({ keyHash: newHash() })).toBe('UNKNOWN');
    }
  });

  it('because of a lock is left alone after 700 ms, and works off nothing afterwards', async () => {
    const key = await platform.createKey();
    const locker = new Client({ connectionString: platform.postgres.url });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE key_management.api_keys IN ACCESS EXCLUSIVE MODE');
    expect(await inTime(verifier.outcome(key))).toBe('UNAVAILABLE');
    await eventually(async () => {
      const [row] = await platform.sql(
        `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
      );
      expect(row?.['waiting']).toBe(0);
    });
    await locker.query('ROLLBACK');
    await locker.end();
    expect(await verifier.outcome(key)).toBe('VALID');
  });
});

describe('a connection to PostgreSQL that has gone dead', () => {
  it('costs one read, and is not used again', async () => {
    const sockets: Socket[] = [];
    const wire = createServer((socket) => {
      const server = connect(platform.postgres.port, '127.0.0.1');
      sockets.push(socket, server);
      for (const one of [socket, server]) one.on('error', () => undefined);
      socket.pipe(server).pipe(socket);
    });
    await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
    const databaseUrl = new URL(platform.config().DATABASE_URL);
    databaseUrl.port = String((wire.address() as AddressInfo).port);
    const distant = await platform.verifier({ DATABASE_URL: databaseUrl.href, DATABASE_POOL_SIZE: 1 });
    const key = await platform.createKey();
    expect(await distant.outcome(key)).toBe('VALID');

    for (const socket of sockets) socket.unpipe();
    expect(await inTime(distant.outcome({ keyHash: newHash() }))).toBe('UNAVAILABLE');
    expect(await inTime(distant.outcome({ keyHash: newHash() }))).toBe('UNKNOWN');

    for (const socket of sockets) socket.destroy();
    wire.close();
  });
});

describe('a connection to PostgreSQL that breaks', () => {
  it('costs the read that was under way, and not the process', async () => {
    const proxy = await startTcpProxy(platform.postgres.url);
    const remote = await platform.verifier({ DATABASE_URL: proxy.url(platform.config().DATABASE_URL) });
    const key = await platform.createKey();
    await remote.records.ping();
    proxy.holdAnswers();
    const outcome = remote.outcome(key);
    await eventually(() => expect(proxy.holdsBack).toBe(true));
    proxy.reset();
    expect(await outcome).toBe('UNAVAILABLE');
    proxy.heal();
    expect(await remote.outcome(key)).toBe('VALID');
    await proxy.close();
  });
});

describe('a standby of PostgreSQL', () => {
  it('is never believed: it may show as active what is deleted', async () => {
    const key = await platform.createKey();
    await platform.restartPostgresAs('standby');
    for (let i = 0; i < 5; i += 1) {
      expect(await verifier.outcomes(key, { keyHash: newHash() })).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
    }
    await platform.restartPostgresAs('primary');
    await eventually(async () => {
      expect(await verifier.outcome(key)).toBe('VALID');
    });
  });
});

describe('both gone', () => {
  it('nothing is known about any key, and both are used again without a restart', async () => {
    const key = await cachedKey();
    await Promise.all([platform.redis.kill('SIGKILL'), platform.postgres.kill('SIGKILL')]);
    expect(await inTime(verifier.outcomes(key, { keyHash: newHash() }))).toEqual([
      'UNAVAILABLE',
      'UNAVAILABLE',
    ]);
    await Promise.all([platform.redis.start(), platform.postgres.start()]);
    await eventually(async () => {
      expect(await verifier.outcome(key)).toBe('VALID');
      expect(await platform.isCached(key)).toBe(true);
    });
  });
});
