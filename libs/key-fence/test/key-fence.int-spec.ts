import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { GRANTED, type KeyFence, NOT_GRANTED, RedisUnavailableError } from '#key-fence';
import { eventually } from '../../../test/support/eventually.js';
import { startRedis, temporaryDirectory } from '../../../tools/stack/servers.mjs';
import { type RedisForTests, startRedisForTests } from './redis-for-tests.js';

const newHash = (): string => randomBytes(32).toString('base64url');

let redis: RedisForTests;
let keyFence: KeyFence;

beforeAll(async () => {
  redis = await startRedisForTests();
  keyFence = await redis.connect();
});

afterAll(() => redis.stop());

const LIFETIME_MS = 60_000;

/** Looks up and fills as a verifier does that has found an active key. */
async function cache(keyHash: string, record: string, lifetimeMs = LIFETIME_MS): Promise<number> {
  const { token } = await keyFence.lookup([keyHash]);
  return keyFence.fill([{ keyHash, record }], token, lifetimeMs);
}

async function answerFor(keyHash: string): Promise<unknown> {
  return (await keyFence.lookup([keyHash])).answers[0];
}

describe('an entry', () => {
  it('is found as it was stored', async () => {
    const keyHash = newHash();
    await expect(cache(keyHash, 'any: text, ünïcode, 40 characters and more of it')).resolves.toBe(1);
    await expect(answerFor(keyHash)).resolves.toBe('any: text, ünïcode, 40 characters and more of it');
  });

  it('is gone after L, however often it was read', async () => {
    const keyHash = newHash();
    const filledAtMs = performance.now();
    await cache(keyHash, 'record', 300);
    await eventually(async () => {
      expect(await answerFor(keyHash)).not.toBe('record');
    });
    expect(performance.now() - filledAtMs).toBeLessThan(1_000);
  });

  it('lives until L after its token was granted, however late it was filled', async () => {
    const keyHash = newHash();
    const { token } = await keyFence.lookup([keyHash]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await keyFence.fill([{ keyHash, record: 'record' }], token, LIFETIME_MS);
    const leftMs = await redis.admin.pttl(`tlx:e:${keyHash}`);
    expect(leftMs).toBeLessThan(LIFETIME_MS - 90);
    expect(leftMs).toBeGreaterThan(LIFETIME_MS - 5_000);
  });

  it('is not made at all when its time is over before the fill arrives', async () => {
    const keyHash = newHash();
    const { token } = await keyFence.lookup([keyHash]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await keyFence.fill([{ keyHash, record: 'record' }], token, 50);
    await expect(redis.admin.exists(`tlx:e:${keyHash}`)).resolves.toBe(0);
  });

  it('is answered in the order of the key hashes, 256 at once', async () => {
    const keyHashes = Array.from({ length: 256 }, newHash);
    const { token } = await keyFence.lookup(keyHashes.filter((_keyHash, i) => i % 3 === 0));
    const items = keyHashes.flatMap((keyHash, i) =>
      i % 3 === 0 ? [{ keyHash, record: `record ${String(i)}` }] : [],
    );
    await expect(keyFence.fill(items, token, LIFETIME_MS)).resolves.toBe(items.length);
    const { answers } = await keyFence.lookup(keyHashes);
    expect(answers).toEqual(keyHashes.map((_keyHash, i) => (i % 3 === 0 ? `record ${String(i)}` : GRANTED)));
  });
});

describe('the fill token', () => {
  it('is granted to one verifier at a time', async () => {
    const keyHash = newHash();
    await expect(answerFor(keyHash)).resolves.toBe(GRANTED);
    await expect(answerFor(keyHash)).resolves.toBe(NOT_GRANTED);
  });

  it('is never the same twice', async () => {
    const tokens = await Promise.all(Array.from({ length: 100 }, () => keyFence.lookup([newHash()])));
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(100);
  });

  it('fills nothing after F', async () => {
    const hasty = await redis.connect({ fillTokenLifetimeMs: 100 });
    const keyHash = newHash();
    const { token } = await hasty.lookup([keyHash]);
    await eventually(async () => {
      expect(await redis.admin.exists(`tlx:t:${keyHash}`)).toBe(0);
    });
    await expect(hasty.fill([{ keyHash, record: 'late' }], token, LIFETIME_MS)).resolves.toBe(0);
    await expect(answerFor(keyHash)).resolves.toBe(GRANTED);
  });

  it('can be given back, by whoever holds it: then nobody fills with it, and the next one may ask', async () => {
    const keyHash = newHash();
    const first = await keyFence.lookup([keyHash]);
    const second = await keyFence.lookup([keyHash]);
    await expect(keyFence.release([keyHash], second.token)).resolves.toBe(0);
    await expect(keyFence.release([newHash(), keyHash], first.token)).resolves.toBe(1);
    await expect(keyFence.fill([{ keyHash, record: 'late' }], first.token, LIFETIME_MS)).resolves.toBe(0);
    const third = await keyFence.lookup([keyHash]);
    expect(third.answers).toEqual([GRANTED]);
    await expect(keyFence.fill([{ keyHash, record: 'record' }], third.token, LIFETIME_MS)).resolves.toBe(1);
  });

  it('fills nothing once somebody else holds the token of the key', async () => {
    const keyHash = newHash();
    const first = await keyFence.lookup([keyHash]);
    await redis.admin.del(`tlx:t:${keyHash}`);
    const second = await keyFence.lookup([keyHash]);
    await expect(keyFence.fill([{ keyHash, record: 'first' }], first.token, LIFETIME_MS)).resolves.toBe(0);
    await expect(keyFence.fill([{ keyHash, record: 'second' }], second.token, LIFETIME_MS)).resolves.toBe(1);
  });

  it('fills once', async () => {
    const keyHash = newHash();
    const { token } = await keyFence.lookup([keyHash]);
    await expect(keyFence.fill([{ keyHash, record: 'once' }], token, LIFETIME_MS)).resolves.toBe(1);
    await expect(keyFence.fill([{ keyHash, record: 'twice' }], token, LIFETIME_MS)).resolves.toBe(0);
    await expect(answerFor(keyHash)).resolves.toBe('once');
  });
});

describe('the fence', () => {
  it('removes entries', async () => {
    const keyHash = newHash();
    await cache(keyHash, 'record');
    await keyFence.fence([keyHash]);
    await expect(answerFor(keyHash)).resolves.toBe(GRANTED);
  });

  it('refuses the fill of whoever looked up before it, even if another look-up follows', async () => {
    const keyHash = newHash();
    const before = await keyFence.lookup([keyHash]);
    await keyFence.fence([keyHash]);
    await expect(
      keyFence.fill([{ keyHash, record: 'read before the deletion' }], before.token, LIFETIME_MS),
    ).resolves.toBe(0);
    await keyFence.lookup([keyHash]);
    await expect(
      keyFence.fill([{ keyHash, record: 'read before the deletion' }], before.token, LIFETIME_MS),
    ).resolves.toBe(0);
  });

  it('holds for a batch, and for keys that Redis does not know', async () => {
    const keyHashes = Array.from({ length: 256 }, newHash);
    const { token } = await keyFence.lookup(keyHashes);
    await keyFence.fill(
      keyHashes.slice(0, 128).map((keyHash) => ({ keyHash, record: 'record' })),
      token,
      LIFETIME_MS,
    );
    await keyFence.fence(keyHashes);
    await keyFence.fence(keyHashes);
    await expect(
      redis.admin.exists(...keyHashes.flatMap((keyHash) => [`tlx:e:${keyHash}`, `tlx:t:${keyHash}`])),
    ).resolves.toBe(0);
  });

  it('fails on a server that takes no writes', async () => {
    const keyHash = newHash();
    await cache(keyHash, 'record');
    await redis.admin.replicaof('127.0.0.1', 1);
    await expect(keyFence.fence([keyHash])).rejects.toThrow(/READONLY/);
    await redis.admin.replicaof('NO', 'ONE');
    await expect(answerFor(keyHash)).resolves.toBe('record');
  });

  it('fails on a replica, even one that takes writes', async () => {
    await redis.admin.config('SET', 'replica-read-only', 'no');
    await redis.admin.replicaof('127.0.0.1', 1);
    await expect(keyFence.fence([newHash()])).rejects.toThrow(/REPLICATED/);
    await redis.admin.replicaof('NO', 'ONE');
    await redis.admin.config('SET', 'replica-read-only', 'yes');
    await keyFence.fence([newHash()]);
  });

  it('fails on a server that has a replica, which a failover could bring back with the entry', async () => {
    const directory = temporaryDirectory('replica');
    const replica = await startRedis({ dir: directory });
    const { password } = new URL(redis.server.url);
    const asReplica = redis.admin.duplicate({ port: replica.port, password: new URL(replica.url).password });
    try {
      await asReplica.config('SET', 'masteruser', 'admin');
      await asReplica.config('SET', 'masterauth', password);
      await asReplica.replicaof('127.0.0.1', redis.server.port);
      await eventually(async () => {
        expect(await redis.admin.info('replication')).toContain('connected_slaves:1');
      });

      await expect(keyFence.fence([newHash()])).rejects.toThrow(/REPLICATED/);
    } finally {
      asReplica.disconnect();
      await replica.stop();
      rmSync(directory, { recursive: true, force: true });
    }
    await eventually(() => keyFence.fence([newHash()]));
  });

  it('works on a server that is out of memory', async () => {
    const keyHash = newHash();
    await cache(keyHash, 'record');
    await redis.admin.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '1');
    await expect(keyFence.lookup([newHash()])).rejects.toThrow(/OOM/);
    await keyFence.fence([keyHash]);
    await redis.admin.config('SET', 'maxmemory', '0');
    await expect(answerFor(keyHash)).resolves.toBe(GRANTED);
  });
});

describe('another run of the server', () => {
  it('honours no entry that it brings back from its snapshot', async () => {
    const keyHash = newHash();
    await cache(keyHash, 'older content');
    await redis.admin.save();
    await keyFence.fence([keyHash]);
    await redis.crashAndRestart();
    await expect(redis.admin.get(`tlx:e:${keyHash}`)).resolves.toContain('older content');

    await eventually(async () => {
      expect(await answerFor(keyHash)).toBe(GRANTED);
    });
  });

  it('accepts no token that it brings back from its snapshot', async () => {
    const keyHash = newHash();
    const { token } = await keyFence.lookup([keyHash]);
    await redis.admin.save();
    await keyFence.fence([keyHash]);
    await redis.crashAndRestart();
    await expect(redis.admin.get(`tlx:t:${keyHash}`)).resolves.toBe(token);

    const fill = await eventually(() =>
      keyFence.fill([{ keyHash, record: 'read before the deletion' }], token, LIFETIME_MS),
    );
    expect(fill).toBe(0);
    await expect(redis.admin.exists(`tlx:e:${keyHash}`)).resolves.toBe(0);
  });

  it('starts empty without harm', async () => {
    const keyHash = newHash();
    const { token } = await keyFence.lookup([keyHash]);
    await redis.admin.flushall();
    await redis.admin.save();
    await redis.crashAndRestart();
    await expect(
      eventually(() => keyFence.fill([{ keyHash, record: 'record' }], token, LIFETIME_MS)),
    ).resolves.toBe(0);
    await expect(cache(keyHash, 'record')).resolves.toBe(1);
  });
});

describe('a server that answers with errors', () => {
  it.each(['lookup', 'fill', 'fence'] as const)('%s fails where INFO is forbidden', async (method) => {
    const keyHash = newHash();
    const { token } = await keyFence.lookup([keyHash]);
    const calls = {
      lookup: () => keyFence.lookup([keyHash]),
      fill: () => keyFence.fill([{ keyHash, record: 'record' }], token, LIFETIME_MS),
      fence: () => keyFence.fence([keyHash]),
    };
    await redis.admin.call('ACL', 'SETUSER', 'verification', '-info');
    await expect(calls[method]()).rejects.toThrow(RedisUnavailableError);
    await redis.admin.call('ACL', 'SETUSER', 'verification', '+info');
    await calls[method]();
  });

  it('is told the scripts again when it has forgotten them', async () => {
    await redis.admin.script('FLUSH');
    await expect(cache(newHash(), 'record')).resolves.toBe(1);
    await keyFence.fence([newHash()]);
  });
});
