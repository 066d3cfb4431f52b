import { mintKey } from '#api-key';
import { Redis } from 'ioredis';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { eventually } from './support/eventually.js';
import {
  type Answer,
  type CreatedApiKey,
  GatewayClient,
  type ProblemBody,
} from './support/gateway-client.js';
import { inParallel } from './support/in-parallel.js';

const PREVIOUS_TOKEN = 'the admin token before this one, as long'.replaceAll(' ', '-');
const SERVICE_TOKEN = 'a token of one of the platform services'.replaceAll(' ', '-');
const UNKNOWN_KEYS = 1_000;
const AT_ONCE = 20;

let platform: Awaited<ReturnType<typeof startPlatform>>;
let limited: GatewayClient;
let usual: GatewayClient;
let key: CreatedApiKey;

beforeAll(async () => {
  platform = await startPlatform({
    dir: temporaryDirectory('rate-limits'),
    replicas: { gateway: 2 },
    env: {
      gateway: { TRUSTED_PROXIES: 'loopback', MAX_CHANGES_PER_MINUTE: '0' },
      'gateway-1': {
        MAX_SIGN_INS_PER_MINUTE: '3',
        MAX_FAILED_CREDENTIALS_PER_MINUTE: '3',
        MAX_CHANGES_PER_MINUTE: '5',
        MAX_FAILED_VERIFICATIONS_PER_MINUTE: '3',
        ADMIN_TOKEN_PREVIOUS: PREVIOUS_TOKEN,
        SERVICE_TOKENS: `${'x'.repeat(40)}, ${SERVICE_TOKEN}`,
      },
    },
  });
  const [first = '', second = ''] = platform.gatewayUrls;
  limited = new GatewayClient(first, platform.adminToken);
  usual = new GatewayClient(second, platform.adminToken);
  key = await usual.createKey((await usual.createProject()).id);
}, 120_000);

afterAll(() => platform.stop(), 60_000);

type Headers = Record<string, string>;
const from = (address: string, headers: Headers = {}): Headers => ({
  'x-forwarded-for': address,
  ...headers,
});
const get = (path: string, headers: Headers): Promise<Answer<ProblemBody>> =>
  limited.send<ProblemBody>('GET', path, { headers });

function expectTooMany({ status, body, headers }: Answer<ProblemBody>): void {
  expect([status, body.code]).toEqual([429, 'too_many_requests']);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
}

describe('the limit', () => {
  const signIn = (address: string, adminToken = 'x'): Promise<Answer<ProblemBody>> =>
    limited.send('POST', '/v1/session', {
      headers: from(address, { 'content-type': 'application/json' }),
      body: JSON.stringify({ adminToken }),
    });

  it.each([
    ['an IPv4 address', '192.0.2.1', '192.0.2.1', '192.0.2.2'],
    ['a network of IPv6', '2001:db8:1:2::3', '2001:db8:1:2:ffff::4', '2001:db8:1:3::3'],
  ])('of sign-ins is that of %s', async (_what, address, same, other) => {
    for (let i = 0; i < 3; i++) expect((await signIn(address)).status).toBe(401);
    expectTooMany(await signIn(same, platform.adminToken));
    expect((await signIn(other, platform.adminToken)).status).toBe(204);
  });

  it('of failed credentials stops nobody who has a valid one', async () => {
    const bad = from('192.0.2.10', { authorization: 'Bearer guess' });
    for (let i = 0; i < 3; i++) expect((await get('/v1/projects', bad)).status).toBe(401);
    expectTooMany(await get('/v1/projects', bad));
    const good = from('192.0.2.10', { authorization: `Bearer ${platform.adminToken}` });
    expect((await get('/v1/projects', good)).status).toBe(200);
  });

  it('of refused keys ends before it is looked at them, for that address alone', async () => {
    const bad = from('192.0.2.20', { authorization: `Bearer ${mintKey()}` });
    const good = { authorization: `Bearer ${key.key}` };
    for (let i = 0; i < 4; i++) expect((await get('/v1/auth', bad)).status).toBe(401);
    await eventually(async () => {
      expectTooMany(await get('/v1/auth', bad));
    });
    for (const path of ['/v1/auth', '/v1/whoami']) expectTooMany(await get(path, from('192.0.2.20', good)));
    expect((await get('/v1/auth', from('192.0.2.21', good))).status).toBe(200);
  });

  it('of changes is that of one admin, and counted while Redis is away', async () => {
    const create = (): Promise<Answer<ProblemBody>> =>
      limited.admin('POST', '/v1/projects', { name: 'One of many' });
    await platform.servers.sessionRedis?.kill();
    try {
      for (let i = 0; i < 5; i++) expect((await create()).status).toBe(201);
      expectTooMany(await create());
      expect((await limited.admin('GET', '/v1/projects')).status).toBe(200);
    } finally {
      await platform.servers.sessionRedis?.start();
    }
  });
});

describe('tokens', () => {
  it('of admins can be two while one is replaced, where that was said', async () => {
    const headers = { authorization: `Bearer ${PREVIOUS_TOKEN}` };
    expect((await limited.send('GET', '/v1/projects', { headers })).status).toBe(200);
    expect((await usual.send('GET', '/v1/projects', { headers })).status).toBe(401);
  });

  it.each(['/v1/api-keys/verify', '/v1/api-keys/batch-verify'])(
    'of platform services are asked for at %s, where there are any',
    async (path) => {
      const ask = (door: GatewayClient, token?: string): Promise<Answer<ProblemBody>> =>
        door.send('POST', path, {
          headers: {
            'content-type': 'application/json',
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
          body: JSON.stringify(path.includes('batch') ? { keys: [key.key] } : { key: key.key }),
        });
      for (const token of [undefined, 'guess', platform.adminToken, key.key]) {
        const { status, body } = await ask(limited, token);
        expect([status, body.code]).toEqual([401, 'service_credential_invalid']);
      }
      expect((await ask(limited, SERVICE_TOKEN)).status).toBe(200);
      expect((await ask(usual)).status).toBe(200);
    },
  );
});

describe('a flood of well-formed unknown keys', () => {
  it('never has more in Redis than what is being answered, and leaves nothing behind', async () => {
    const clients = [new Redis(platform.redisUrl), new Redis(platform.sessionRedisUrl)];
    const sizes = (): Promise<number[]> => Promise.all(clients.map((client) => client.dbsize()));
    const before = await sizes();
    const grown: number[] = [];
    const look = async (): Promise<void> => {
      (await sizes()).forEach((size, i) => grown.push(size - (before[i] ?? 0)));
    };
    await inParallel([...Array(UNKNOWN_KEYS).keys()], AT_ONCE, async (i) => {
      expect((await usual.auth(mintKey())).status).toBe(401);
      if (i % AT_ONCE === 0) await look();
    });
    expect(Math.max(...grown)).toBeLessThanOrEqual(AT_ONCE);
    grown.length = 0;
    await look();
    for (const client of clients) client.disconnect();
    expect(Math.max(...grown)).toBeLessThanOrEqual(0);
  });
});
