import { createServer, type Server, type Socket } from 'node:net';
import { KeyFence, RedisUnavailableError } from '#key-fence';
import { register } from 'prom-client';
import { eventually } from '../../../test/support/eventually.js';
import { type RedisForTests, startRedisForTests } from './redis-for-tests.js';

const BUDGET_MS = 50;
const HASHES = ['hash'];

let redis: RedisForTests;

beforeAll(async () => {
  redis = await startRedisForTests();
});

afterAll(() => redis.stop());

interface Timed {
  tookMs: number;
  failed: boolean;
}

async function timed(call: () => Promise<unknown>): Promise<Timed> {
  const startedAtMs = performance.now();
  const failed = await call().then(
    () => false,
    (error: unknown) => {
      expect(error).toBeInstanceOf(RedisUnavailableError);
      return true;
    },
  );
  return { tookMs: performance.now() - startedAtMs, failed };
}

async function breakerGauge(): Promise<number | undefined> {
  return (await register.getSingleMetric('redis_breaker_open')?.get())?.values[0]?.value;
}

/** Makes the breaker open: five calls that take the whole budget. */
async function fiveTimeouts(keyFence: KeyFence): Promise<void> {
  for (let i = 0; i < 5; i += 1) {
    const { tookMs, failed } = await timed(() => keyFence.lookup(HASHES));
    expect(failed).toBe(true);
    expect(tookMs).toBeGreaterThanOrEqual(BUDGET_MS - 1);
  }
}

describe('a Redis that has stopped answering but keeps its connections', () => {
  let keyFence: KeyFence;

  beforeEach(async () => {
    keyFence = await redis.connect({ budgetMs: BUDGET_MS });
    await redis.server.kill('SIGSTOP');
  });

  afterEach(async () => {
    await redis.server.kill('SIGCONT');
    await eventually(() => keyFence.lookup(HASHES));
  });

  it('costs five calls their budget; from then on calls fail at once', async () => {
    await fiveTimeouts(keyFence);
    expect(await breakerGauge()).toBe(1);
    const startedAtMs = performance.now();
    for (let i = 0; i < 20; i += 1) expect((await timed(() => keyFence.lookup(HASHES))).failed).toBe(true);
    expect(performance.now() - startedAtMs).toBeLessThan(5 * BUDGET_MS);
  });

  it('is not asked again while probes get no answer either', async () => {
    await fiveTimeouts(keyFence);
    let calls = 0;
    let waitedMs = 0;
    const untilMs = performance.now() + 1_200;
    while (performance.now() < untilMs) {
      const { tookMs, failed } = await timed(() => keyFence.lookup(HASHES));
      expect(failed).toBe(true);
      calls += 1;
      waitedMs += tookMs;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(waitedMs / calls).toBeLessThan(2);
  });

  it('is asked again within a second after it has come back', async () => {
    await fiveTimeouts(keyFence);
    await redis.server.kill('SIGCONT');
    await eventually(() => keyFence.lookup(HASHES), { withinMs: 1_000 });
    expect(await breakerGauge()).toBe(0);
  });

  it('loses the socket, so that no backlog is left on it', async () => {
    await redis.server.kill('SIGCONT');
    const connections = async (): Promise<(string | undefined)[]> =>
      [...String(await redis.admin.client('LIST')).matchAll(/^id=(\d+) .*name=doomed /gm)].map(
        ([, id]) => id,
      );
    const doomed = await redis.connect({ budgetMs: BUDGET_MS, connectionName: 'doomed' });
    const [before] = await connections();
    expect(before).toBeDefined();
    await redis.server.kill('SIGSTOP');
    await fiveTimeouts(doomed);
    await redis.server.kill('SIGCONT');
    await eventually(() => doomed.lookup(HASHES), { withinMs: 1_000 });
    await eventually(async () => {
      expect(await connections()).not.toContain(before);
    });
  });
});

describe('the breaker', () => {
  it('stays closed when failures do not come in a row', async () => {
    const keyFence = await redis.connect({ budgetMs: BUDGET_MS });
    const good = (): Promise<Timed> => timed(() => keyFence.lookup(HASHES));
    // A batch of no key at all is refused by the script.
    const bad = (): Promise<Timed> => timed(() => keyFence.lookup([]));
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 4; i += 1) expect((await bad()).failed).toBe(true);
      expect((await good()).failed).toBe(false);
    }
  });

  it('opens after five errors in a row, and closes again with the next good probe', async () => {
    const keyFence = await redis.connect();
    await redis.admin.call('ACL', 'SETUSER', 'verification', '-info');
    for (let i = 0; i < 5; i += 1) await timed(() => keyFence.lookup(HASHES));
    await expect(keyFence.fence(HASHES)).rejects.toThrow(/breaker is open/);
    await redis.admin.call('ACL', 'SETUSER', 'verification', '+info');
    await eventually(() => keyFence.fence(HASHES), { withinMs: 1_000 });
  });

  it('opens when the connection is lost, and closes within a second after Redis is back', async () => {
    const keyFence = await redis.connect();
    await redis.server.kill('SIGKILL');
    // Nobody has to ask and fail before that is noticed.
    await eventually(async () => {
      expect(await breakerGauge()).toBe(1);
    });
    await expect(keyFence.lookup(HASHES)).rejects.toThrow(/breaker is open/);
    await redis.server.start();
    await eventually(() => keyFence.lookup(HASHES), { withinMs: 1_000 });
  });

  it('is closed by the first Redis that appears: the service may start before it', async () => {
    await redis.server.stop();
    const connecting = redis.connect();
    await redis.server.start();
    await (await connecting).fence(HASHES);
  });
});

describe('our own slowness', () => {
  it('is not taken for that of Redis: a reply that is here counts', async () => {
    const keyFence = await redis.connect({ budgetMs: BUDGET_MS });
    for (let i = 0; i < 10; i += 1) {
      const call = timed(() => keyFence.lookup(HASHES));
      // The request is on its way; then this process does not get round to reading the reply.
      await new Promise((resolve) => setImmediate(resolve));
      const untilMs = performance.now() + 2 * BUDGET_MS;
      while (performance.now() < untilMs);
      expect((await call).failed).toBe(false);
    }
  });
});

describe('something that is no Redis of ours', () => {
  let server: Server;
  let sockets: Socket[];
  let answer: (request: string) => string;

  beforeEach(async () => {
    sockets = [];
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (request) => socket.write(answer(String(request))));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  function connect(): KeyFence {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return new KeyFence({
      redisUrl: `redis://127.0.0.1:${String(address.port)}`,
      connectionName: 'test',
      budgetMs: BUDGET_MS,
      fillTokenLifetimeMs: 1_000,
    });
  }

  it.each([
    ['OK', '+OK\r\n'],
    ['text', '$1\r\n1\r\n'],
    ['nil', '$-1\r\n'],
    ['a list', '*1\r\n:1\r\n'],
    ['an error', '-ERR no\r\n'],
  ])('has not fenced when it answers with %s: only an integer counts', async (_what, reply) => {
    const lookupReply = '*2\r\n$42\r\n0123456789012345678901234567890123456789:r\r\n:1\r\n';
    // The look-up has one more argument than a fill of one key and two more than a fence.
    answer = (request) =>
      (request.includes('SETNAME') || request.includes('setname') ? '+OK\r\n' : '') + lookupReply;
    const keyFence = connect();
    await eventually(() => keyFence.lookup(HASHES));
    answer = () => reply;
    await expect(keyFence.fence(HASHES)).rejects.toThrow(RedisUnavailableError);
    keyFence.onApplicationShutdown();
  });

  it('is probed, four times a second, and never used', async () => {
    answer = () => '+OK\r\n';
    const keyFence = connect();
    const startedAtMs = performance.now();
    await eventually(() => {
      expect(sockets.length).toBeGreaterThanOrEqual(4);
    });
    expect(performance.now() - startedAtMs).toBeGreaterThan(700);
    await expect(keyFence.lookup(HASHES)).rejects.toThrow(/breaker is open/);
    keyFence.onApplicationShutdown();
  });

  it('is left alone after the shutdown', async () => {
    answer = () => '';
    const keyFence = connect();
    await eventually(() => {
      expect(sockets).toHaveLength(1);
    });
    keyFence.onApplicationShutdown();
    await eventually(() => {
      expect(sockets[0]?.destroyed).toBe(true);
    });
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(sockets).toHaveLength(1);
  });
});
