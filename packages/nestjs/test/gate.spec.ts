import { ApiKeyGate, type ApiKeyGateOptions, type Decision } from '../src/gate.js';
import { FakeGateway } from '../src/testing.js';

let gateway: FakeGateway;
beforeEach(async () => {
  gateway = await FakeGateway.start();
});
afterEach(() => gateway.stop());

function gate(options: ApiKeyGateOptions = {}): ApiKeyGate {
  return new ApiKeyGate({ traylinx: { baseUrl: gateway.url, maxRetries: 0, env: {} }, ...options });
}

const withHeader = (...values: string[]) => ({
  rawHeaders: values.flatMap((value) => ['Authorization', value]),
});
const bearing = (key: string) => withHeader(`Bearer ${key}`);

describe('a request', () => {
  it('gets through with a good key, and says whose it is', async () => {
    const { key, ...identity } = gateway.addKey();
    for (const header of [`Bearer ${key}`, `bearer   ${key} `, `BEARER ${key}\r\n`]) {
      expect(await gate().decide(withHeader(header))).toEqual({ key: identity });
    }
  });

  it.each([
    ['no header', [], 'api_key_missing'],
    ['another scheme', ['Basic YTpi'], 'api_key_missing'],
    ['nothing after the scheme', ['Bearer'], 'api_key_malformed'],
    ['a credential of another kind', ['Bearer sk-123'], 'api_key_malformed'],
    ['two headers', ['Bearer a', 'Bearer b'], 'api_key_malformed'],
  ])('with %s is refused with 401, a challenge, and no question to the gateway', async (_, headers, code) => {
    const { refusal } = await gate().decide(withHeader(...headers));
    expect(refusal).toMatchObject({ status: 401, body: { status: 401, code } });
    const challenge = refusal?.headers['www-authenticate'];
    if (code === 'api_key_missing') expect(challenge).toBe('Bearer realm="traylinx"');
    else
      expect(challenge).toMatch(/^Bearer realm="traylinx", error="invalid_token", error_description=".+"$/);
    expect(gateway.verifications).toBe(0);
  });

  it('is told why its key is not good', async () => {
    const deleted = gateway.addKey();
    gateway.deleteKey(deleted);
    const expired = gateway.addKey({ expiresAt: new Date(Date.now() - 1) });
    const good = gateway.addKey();
    const stranger = await FakeGateway.start();
    const unknown = stranger.addKey();
    await stranger.stop();
    const codeOf = async (key: string, options = {}) =>
      (await gate(options).decide(bearing(key))).refusal?.body.code;
    expect(await codeOf(deleted.key)).toBe('api_key_deleted');
    expect(await codeOf(expired.key)).toBe('api_key_expired');
    expect(await codeOf(unknown.key)).toBe('api_key_unknown');
    expect(await codeOf(good.key, { projectId: 'another' })).toBe('wrong_project');
    expect(await codeOf(good.key, { projectId: good.projectId })).toBeUndefined();
  });
});

describe('without a memory', () => {
  it('a deleted key is refused on its next call, though its last one has just been accepted', async () => {
    const own = gate();
    for (let i = 0; i < 20; i += 1) {
      const key = gateway.addKey();
      expect((await own.decide(bearing(key.key))).key).toBeDefined();
      gateway.deleteKey(key);
      expect((await own.decide(bearing(key.key))).refusal?.body.code).toBe('api_key_deleted');
    }
  });

  it('every request is a question of its own, also when many come at the same time', async () => {
    const own = gate();
    const { key } = gateway.addKey();
    await Promise.all(Array.from({ length: 10 }, () => own.decide(bearing(key))));
    expect(gateway.verifications).toBe(10);
  });

  it('a call that begins after the deletion does not share the answer of one that began before it', async () => {
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let questions = 0;
    const verify = async (): Promise<never> => {
      questions += 1;
      if (questions === 1) await held;
      return { valid: questions === 1, code: 'DELETED' } as never;
    };
    const own = gate({ traylinx: { verify } });
    const { key } = gateway.addKey();
    const before = own.decide(bearing(key));
    const after = await own.decide(bearing(key));
    expect(after.refusal?.body.code).toBe('api_key_deleted');
    release?.();
    await before;
    expect(questions).toBe(2);
  });
});

describe('with a memory, which is asked for', () => {
  it('a good key is asked about once, a bad one always, and a deleted one is accepted no longer than was said', async () => {
    const own = gate({ acceptDeletedKeysForMs: 150 });
    const key = gateway.addKey();
    const startedAtMs = performance.now();
    expect((await own.decide(bearing(key.key))).key).toBeDefined();
    gateway.deleteKey(key);
    while ((await own.decide(bearing(key.key))).key !== undefined) {
      expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    }
    // Counted from the question, so that its own time is no extra.
    expect(performance.now() - startedAtMs).toBeGreaterThan(100);
    await own.decide(bearing(key.key));
    expect(gateway.verifications).toBe(3);
  });

  it('counts its time from before the question', async () => {
    const slow = async (): Promise<never> => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      gateway.verifications += 1;
      return { valid: true, code: 'VALID', keyId: 'k', projectId: 'p', expiresAt: null } as never;
    };
    const own = gate({ traylinx: { verify: slow }, acceptDeletedKeysForMs: 50 });
    const { key } = gateway.addKey();
    for (let i = 0; i < 2; i += 1) await own.decide(bearing(key));
    expect(gateway.verifications).toBe(2);
  });

  it('an expiry is kept to the moment', async () => {
    const own = gate({ acceptDeletedKeysForMs: 60_000 });
    const { key } = gateway.addKey({ expiresAt: new Date(Date.now() + 200) });
    expect((await own.decide(bearing(key))).key).toBeDefined();
    await new Promise((resolve) => setTimeout(resolve, 210));
    expect((await own.decide(bearing(key))).refusal?.body.code).toBe('api_key_expired');
  });

  it('no more keys are remembered than was said, and the oldest goes first', async () => {
    const own = gate({ acceptDeletedKeysForMs: 60_000, maxRememberedKeys: 2 });
    const keys = [gateway.addKey(), gateway.addKey(), gateway.addKey()];
    for (const { key } of keys) await own.decide(bearing(key));
    for (const { key } of keys.slice(1)) await own.decide(bearing(key));
    expect(gateway.verifications).toBe(3);
    await own.decide(bearing(keys[0]?.key ?? ''));
    expect(gateway.verifications).toBe(4);
  });

  it.each([-1, Number.NaN, 60_001, Number.POSITIVE_INFINITY])(
    '%d ms are refused',
    (acceptDeletedKeysForMs) => {
      expect(() => gate({ acceptDeletedKeysForMs })).toThrow(
        /acceptDeletedKeysForMs must be from 0 to 60000/,
      );
    },
  );
});

describe('when it cannot be known', () => {
  it('a request gets 503 with Retry-After, and neither 401 nor through', async () => {
    const { key } = gateway.addKey();
    gateway.isDown = true;
    const { refusal } = await gate().decide(bearing(key));
    expect(refusal).toMatchObject({
      status: 503,
      body: { code: 'unavailable' },
      headers: { 'retry-after': '1' },
    });
    expect(refusal?.headers).not.toHaveProperty('www-authenticate');
  });

  it.each([
    ['nobody listens', () => Promise.reject(new Error('refused'))],
    ['the client is broken', () => Promise.resolve(undefined as never)],
  ])('as %s: 503', async (_, verify) => {
    const { key } = gateway.addKey();
    expect((await gate({ traylinx: { verify } }).decide(bearing(key))).refusal?.status).toBe(503);
  });

  it('in the time that the gateway is given: 503', async () => {
    const fetch = (): Promise<never> => new Promise(() => undefined);
    const { key } = gateway.addKey();
    const own = gate({ traylinx: { baseUrl: gateway.url, fetch, env: {} }, timeoutMs: 30 });
    expect((await own.decide(bearing(key))).refusal?.status).toBe(503);
  });
});

it('every decision is reported, and a report that fails decides nothing', async () => {
  const decisions: Decision[] = [];
  const onDecision = (decision: Decision): never => {
    decisions.push(decision);
    throw new Error('the counter is broken');
  };
  const own = gate({ onDecision, acceptDeletedKeysForMs: 60_000 });
  const good = gateway.addKey();
  const deleted = gateway.addKey();
  gateway.deleteKey(deleted);
  await own.decide(withHeader());
  for (let i = 0; i < 2; i += 1) expect((await own.decide(bearing(good.key))).key).toBeDefined();
  await own.decide(bearing(deleted.key));
  gateway.isDown = true;
  await own.decide(bearing(gateway.addKey().key));
  expect(decisions).toMatchObject([
    { outcome: 'refused', code: 'api_key_missing', isCached: false },
    { outcome: 'accepted', code: 'VALID', isCached: false },
    { outcome: 'accepted', code: 'VALID', isCached: true },
    { outcome: 'refused', code: 'api_key_deleted', isCached: false },
    { outcome: 'unavailable', code: 'unavailable', isCached: false, error: { status: 503 } },
  ]);
  for (const { durationMs } of decisions) expect(durationMs).toBeGreaterThanOrEqual(0);
});
