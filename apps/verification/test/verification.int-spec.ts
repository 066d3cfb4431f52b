import { eventually } from '../../../test/support/eventually.js';
import { newHash, PlatformForTests, type Verifier } from './platform-for-tests.js';

let platform: PlatformForTests;
let verifier: Verifier;
let otherReplica: Verifier;

beforeAll(async () => {
  platform = await PlatformForTests.start();
  verifier = await platform.verifier();
  otherReplica = await platform.verifier();
}, 60_000);

afterAll(() => platform.stop());

describe('a verification', () => {
  it('answers column by column, in the order of the request, from PostgreSQL and from the cache alike', async () => {
    const expiresAt = new Date('2030-01-31T10:20:30.456Z');
    const forEver = await platform.createKey();
    const expiring = await platform.createKey({ expiresAt });
    const expired = await platform.createKey({ expiresAt: new Date('2020-01-01T00:00:00.000Z') });
    const deleted = await platform.createKey();
    await platform.deleteKey(deleted, verifier.keyFence);
    const keyHashes = [forEver, expiring, expired, deleted].map(({ keyHash }) => keyHash);
    keyHashes.splice(2, 0, newHash());

    const expected = {
      outcomes: ['VALID', 'VALID', 'UNKNOWN', 'EXPIRED', 'DELETED'],
      keyIds: [forEver.keyId, expiring.keyId, null, expired.keyId, deleted.keyId],
      projectIds: [forEver.projectId, forEver.projectId, null, forEver.projectId, forEver.projectId],
      expiresAts: [null, '2030-01-31T10:20:30.456Z', null, '2020-01-01T00:00:00.000Z', null],
    };
    expect(await verifier.verify(keyHashes)).toEqual(expected);
    await eventually(async () => {
      expect(await platform.isCached(forEver)).toBe(true);
    });
    expect(await verifier.verify(keyHashes)).toEqual(expected);
  });

  it('answers for 256 keys at once', async () => {
    const keys = await Promise.all(Array.from({ length: 16 }, () => platform.createKey()));
    const keyHashes = Array.from({ length: 256 }, (_none, i) => keys[i / 16]?.keyHash ?? newHash());
    const expected = keyHashes.map((_keyHash, i) => (i % 16 === 0 ? 'VALID' : 'UNKNOWN'));
    expect((await verifier.verify(keyHashes)).outcomes).toEqual(expected);
    expect((await verifier.verify(keyHashes)).outcomes).toEqual(expected);
  });

  it('of keys that do not exist leaves nothing in Redis, not even for a moment after its answer', async () => {
    const key = await platform.createKey();
    const before = await platform.redisAdmin.dbsize();
    for (let i = 0; i < 5; i += 1) {
      await verifier.verify([...Array.from({ length: 50 }, newHash), key.keyHash]);
      await eventually(async () => {
        expect(await platform.isCached(key)).toBe(true);
      });
      expect(await platform.redisAdmin.dbsize()).toBeLessThanOrEqual(before + 1);
    }
  });

  it('is cached for the same replica from the next call on, which then asks PostgreSQL no more', async () => {
    const key = await platform.createKey();
    expect(await verifier.outcome(key)).toBe('VALID');
    const held = verifier.records.hold();
    expect(await verifier.outcome(key)).toBe('VALID');
    held.open();
  });

  it('does not wait for the cache to be filled, nor fail when that fails', async () => {
    const key = await platform.createKey();
    await platform.redisAdmin.call('ACL', 'SETUSER', 'verification', '-del');
    expect(await verifier.outcome(key)).toBe('VALID');
    expect(await platform.isCached(key)).toBe(false);
    await platform.redisAdmin.call('ACL', 'SETUSER', 'verification', '+del');
  });
});

describe('a cached key', () => {
  it('expires at its time, not with its entry: what is cached is a record, never a verdict', async () => {
    const expiresAt = new Date(Date.now() + 500);
    const key = await platform.createKey({ expiresAt });
    let last: string | undefined;
    while (last !== 'EXPIRED') {
      const before = Date.now();
      last = await verifier.outcome(key);
      const after = Date.now();
      if (after < expiresAt.getTime()) expect(last).toBe('VALID');
      if (before >= expiresAt.getTime()) expect(last).toBe('EXPIRED');
    }
    expect(await platform.isCached(key)).toBe(true);
  });

  it('is dropped after L even if it is asked for all the time', async () => {
    await platform.setEntryLifetime(300);
    const key = await platform.createKey();
    await verifier.outcome(key);
    await platform.setState(key, 'deleting');
    await platform.setState(key, 'deleted');
    const startedAtMs = performance.now();
    await eventually(async () => {
      expect(await verifier.outcome(key)).toBe('DELETED');
    });
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
    await platform.setEntryLifetime(10_000);
  });

  it('lives for as long as PostgreSQL has said together with the record, and nowhere else', async () => {
    const key = await platform.createKey();
    await platform.setEntryLifetime(5_000);
    const { reached, open } = verifier.records.hold();
    const outcome = verifier.outcome(key);
    await reached;
    await platform.setEntryLifetime(10_000);
    open();
    await outcome;
    expect(await platform.redisAdmin.pttl(`tlx:e:${key.keyHash}`)).toBeLessThanOrEqual(5_000);
  });

  it('is not made where PostgreSQL does not say for how long it may live', async () => {
    const key = await platform.createKey();
    await platform.sql('DELETE FROM key_management.entry_lifetime');
    expect(await verifier.outcome(key)).toBe('VALID');
    expect(await platform.isCached(key)).toBe(false);
    await platform.sql(
      'INSERT INTO key_management.entry_lifetime (current_ms, longest_ms) VALUES (10000, 10000)',
    );
  });

  it('that another version has written in a form of its own is read from PostgreSQL', async () => {
    const key = await platform.createKey();
    const { token } = await verifier.keyFence.lookup([key.keyHash]);
    await verifier.keyFence.fill(
      [{ keyHash: key.keyHash, record: `2${newHash()}${newHash()}` }],
      token,
      10_000,
    );
    expect(await verifier.outcome(key)).toBe('VALID');
  });
});

describe('an unknown key', () => {
  it('is never cached, and valid as soon as it exists', async () => {
    const keyHash = newHash();
    const hasty = await platform.verifier({ FILL_TOKEN_LIFETIME_MS: 100 });
    expect(await hasty.outcome({ keyHash })).toBe('UNKNOWN');
    await eventually(async () => {
      expect(await platform.redisAdmin.keys(`tlx:*:${keyHash}`)).toEqual([]);
    });
    await platform.createKey({ keyHash });
    expect(await hasty.outcome({ keyHash })).toBe('VALID');
  });
});

describe('a deleted key', () => {
  it('is refused on every replica at the next call, although both had it cached', async () => {
    const key = await platform.createKey();
    expect(await verifier.outcome(key)).toBe('VALID');
    expect(await otherReplica.outcome(key)).toBe('VALID');
    expect(await platform.isCached(key)).toBe(true);
    await platform.deleteKey(key, otherReplica.keyFence);
    expect(await verifier.outcome(key)).toBe('DELETED');
    expect(await otherReplica.outcome(key)).toBe('DELETED');
  });

  it('is not put back by a slow fill with what was read before the deletion', async () => {
    const key = await platform.createKey();
    const held = verifier.records.hold();
    const slow = verifier.outcome(key);
    await held.reached;
    await platform.deleteKey(key, otherReplica.keyFence);
    held.open();
    // It started before the deletion was answered and may end either way.
    expect(await slow).toBe('VALID');

    expect(await verifier.outcome(key)).toBe('DELETED');
    expect(await platform.isCached(key)).toBe(false);
  });

  it('does not come back with a Redis that restarts with older content', async () => {
    const key = await platform.createKey();
    await verifier.outcome(key);
    expect(await platform.isCached(key)).toBe(true);
    await platform.redisAdmin.save();
    await platform.deleteKey(key, otherReplica.keyFence);
    await platform.redis.kill('SIGKILL');
    await platform.redis.start();
    await Promise.all([verifier.usesRedis(), otherReplica.usesRedis()]);
    expect(await platform.isCached(key)).toBe(true);
    expect(await verifier.outcome(key)).toBe('DELETED');
  });
});

describe('a key that is being deleted', () => {
  it('is fenced before it is rejected: nobody sees it accepted after that', async () => {
    const key = await platform.createKey();
    const held = verifier.records.hold();
    const slow = verifier.outcome(key);
    await held.reached;
    // The deleter has crashed between its commit and its fence.
    await platform.setState(key, 'deleting');

    expect(await otherReplica.outcome(key)).toBe('DELETED');
    held.open();
    await slow;
    expect(await verifier.outcome(key)).toBe('DELETED');
  });

  it('cannot be decided while it cannot be fenced, and spoils no other key of the batch', async () => {
    const [cached, uncached, deleting] = await Promise.all([
      platform.createKey(),
      platform.createKey(),
      platform.createKey(),
    ]);
    await verifier.outcome(cached);
    await platform.setState(deleting, 'deleting');
    await platform.redisAdmin.call('ACL', 'SETUSER', 'verification', '-del');

    const { outcomes, keyIds } = await verifier.verify(
      [cached, deleting, uncached].map(({ keyHash }) => keyHash),
    );
    expect(outcomes).toEqual(['VALID', 'UNAVAILABLE', 'VALID']);
    expect(keyIds).toEqual([cached.keyId, null, uncached.keyId]);

    await platform.redisAdmin.call('ACL', 'SETUSER', 'verification', '+del');
    expect(await verifier.outcome(deleting)).toBe('DELETED');
  });

  it('cannot be decided while Redis takes no writes', async () => {
    const key = await platform.createKey();
    await platform.setState(key, 'deleting');
    await platform.redisAdmin.replicaof('127.0.0.1', 1);
    expect(await verifier.outcome(key)).toBe('UNAVAILABLE');
    await platform.redisAdmin.replicaof('NO', 'ONE');
    expect(await verifier.outcome(key)).toBe('DELETED');
  });

  it('cannot be decided where REVOCATION_FENCE is wait, and its cache is left to expire', async () => {
    const waiting = await platform.verifier({ REVOCATION_FENCE: 'wait' });
    const [key, other] = await Promise.all([platform.createKey(), platform.createKey()]);
    const { token } = await waiting.keyFence.lookup([key.keyHash]);
    await platform.setState(key, 'deleting');
    expect(await waiting.outcomes(key, other)).toEqual(['UNAVAILABLE', 'VALID']);
    await expect(platform.redisAdmin.get(`tlx:t:${key.keyHash}`)).resolves.toBe(token);
  });
});
