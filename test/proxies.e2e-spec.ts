// What a platform service may rely on, whoever asks the gateway for it: the proxies of examples/, or the gateway itself.
import { mintKey } from '#api-key';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { anyFreePort } from '../tools/stack/ports.mjs';
import { PROGRAMS, type Proxy, startProxy } from './proxies/proxies.js';
import { describeProxyMode, proxyEnvironment } from './proxies/proxy-mode.js';
import { type Seen, Upstream } from './proxies/upstream.js';
import { eventually } from './support/eventually.js';
import { type CreatedApiKey, GatewayClient } from './support/gateway-client.js';
import { sendRaw } from './support/raw-http.js';

const LARGE_BODY_BYTES = 3_000_000;
const GATEWAY = 'the gateway itself';
const ALL = [...PROGRAMS, GATEWAY];
const SPOOFED = '00000000-0000-4000-8000-000000000000';

let platform: Awaited<ReturnType<typeof startPlatform>>;
let gateway: GatewayClient;
let upstream: Upstream;
let projectId: string;
let key: CreatedApiKey;
const proxies = new Map<string, Proxy>();

beforeAll(async () => {
  const dir = temporaryDirectory('proxies');
  upstream = await Upstream.start();
  const env = { gateway: proxyEnvironment(upstream.port, await anyFreePort()) };
  platform = await startPlatform({ dir, env });
  gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
  const addresses = { gateway: new URL(gateway.url).host, service: `127.0.0.1:${String(upstream.port)}` };
  await Promise.all(PROGRAMS.map(async (name) => proxies.set(name, await startProxy(name, dir, addresses))));
  projectId = (await gateway.createProject('Behind proxies')).id;
  key = await gateway.createKey(projectId);
}, 180_000);

afterAll(async () => {
  await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
  await platform.stop();
  await upstream.stop();
}, 60_000);

function urlOf(name: string): string {
  const url = name === GATEWAY ? gateway.url : proxies.get(name)?.url;
  if (url === undefined) throw new Error(`${name} is not there`);
  return url;
}

/** How a caller asks for a path of the service. */
function pathBehind(name: string, path: string): string {
  return name === GATEWAY ? `/service${path}` : path;
}

function call(name: string, credential: string | undefined, init: RequestInit = {}, path = '/agents?x=1') {
  return fetch(urlOf(name) + pathBehind(name, path), {
    ...init,
    headers: {
      ...(init.headers as Record<string, string>),
      ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
    },
  });
}

describe.each(ALL)('behind %s', (name) => {
  it('a good key gets through, and the service knows whose it is, but not the key', async () => {
    const expiring = await gateway.createKey(projectId, { expiresAt: '2030-01-01T00:00:00Z' });
    for (const [apiKey, expiresAt] of [
      [key, ''],
      [expiring, '2030-01-01T00:00:00.000Z'],
    ] as const) {
      const response = await call(name, apiKey.key);
      const text = await response.text();
      expect([response.status, text]).toEqual([200, expect.stringContaining('agents')]);
      const { method, url, headers } = JSON.parse(text) as Seen;
      expect([method, url]).toEqual(['GET', '/agents?x=1']);
      expect(headers['x-auth-project-id']).toBe(projectId);
      expect(headers['x-auth-key-id']).toBe(apiKey.id);
      // A header without a value may be left out on the way.
      expect(headers['x-auth-key-expires-at'] ?? '').toBe(expiresAt);
      expect(headers.authorization).toBeUndefined();
      expect(text).not.toContain(apiKey.key.slice(8, 20));
    }
  });

  it('nobody is who they claim to be', async () => {
    const claims = ['X-Auth-Project-Id', 'x-auth-key-id', 'X-AUTH-KEY-EXPIRES-AT'];
    // Some services read "_" in a name as "-".
    const spellings = claims.flatMap((claim) => [
      claim,
      claim.replaceAll('-', '_'),
      claim.replace(/-/, '_'),
      claim.replace(/(?<=auth)-/i, '_'),
    ]);
    const lines = spellings.map((spelling) => `${spelling}: ${SPOOFED}\r\n`).join('');
    const head = (authorization: string): string =>
      `GET ${pathBehind(name, '/spoofed')} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${authorization}${lines}\r\n`;
    const { status, text } = await sendRaw(urlOf(name), head(`Authorization: Bearer ${key.key}\r\n`));
    expect(status).toBe(200);
    expect(text).toContain(projectId);
    expect(text).not.toContain(SPOOFED);
    expect((await sendRaw(urlOf(name), head(''))).status).toBe(401);
  });

  it('a bad key is refused with the challenge that says why, and never reaches the service', async () => {
    const before = upstream.seen.length;
    for (const [credential, challenge] of [
      [undefined, /^Bearer realm="traylinx"$/],
      ['nonsense', /^Bearer realm="traylinx", error="invalid_token"/],
      [mintKey(), /error_description="The key is well formed/],
    ] as const) {
      const response = await call(name, credential);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(challenge);
    }
    expect(upstream.seen.length).toBe(before);
  });

  it('two Authorization headers are refused', async () => {
    const line = `Authorization: Bearer ${key.key}\r\n`;
    const other = `Authorization: Bearer ${mintKey()}\r\n`;
    for (const lines of [line + other, other + line]) {
      const head = `GET ${pathBehind(name, '/agents')} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}\r\n`;
      expect([400, 401]).toContain((await sendRaw(urlOf(name), head)).status);
    }
  });

  it('a deleted key is refused on its very next call: nothing is cached', async () => {
    for (let i = 0; i < 5; i += 1) {
      const apiKey = await gateway.createKey(projectId);
      expect((await call(name, apiKey.key)).status).toBe(200);
      expect((await call(name, apiKey.key)).status).toBe(200);
      await gateway.deleteKey(apiKey);
      const refused = await call(name, apiKey.key);
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringContaining('deleted'),
      ]);
    }
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])('%s gets through as it is', async (method) => {
    const body = method === 'HEAD' ? undefined : 'a body'.repeat(10);
    const response = await call(name, key.key, { method, ...(body === undefined ? {} : { body }) }, '/x');
    expect(response.status).toBe(200);
    expect(upstream.seen.at(-1)).toMatchObject({ method, url: '/x', bodyBytes: body?.length ?? 0 });
  });

  it('a large body gets through whole', async () => {
    const response = await call(name, key.key, { method: 'POST', body: Buffer.alloc(LARGE_BODY_BYTES) });
    expect(((await response.json()) as Seen).bodyBytes).toBe(LARGE_BODY_BYTES);
  });

  it('there is no WebSocket: it would outlive its key', async () => {
    const head = [
      `GET ${pathBehind(name, '/socket')} HTTP/1.1`,
      'Host: x',
      `Authorization: Bearer ${key.key}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    const { status } = await sendRaw(urlOf(name), `${head.join('\r\n')}\r\n\r\n`, 500);
    expect([status === 101, upstream.upgrades]).toEqual([false, 0]);
  });
});

it('what cannot be known is 503 behind every proxy, and 200 again when it can', async () => {
  const verification = platform.services.find(({ name }) => name === 'verification');
  await verification?.kill('SIGSTOP');
  try {
    const answers = await Promise.all(
      ALL.map(async (name) => {
        const { status, headers } = await call(name, key.key);
        return [name, status, headers.get('retry-after'), headers.get('www-authenticate')];
      }),
    );
    expect(answers).toEqual(ALL.map((name) => [name, 503, '1', null]));
  } finally {
    await verification?.kill('SIGCONT');
  }
  await eventually(async () => {
    for (const name of ALL) expect([name, (await call(name, key.key)).status]).toEqual([name, 200]);
  });
});

describe('the gateway as a proxy', () => describeProxyMode(() => ({ gateway, upstream, projectId, key })));

it('nobody gets through a proxy that cannot reach the gateway, and nobody is told that a key is bad', async () => {
  const service = platform.services.find(({ name }) => name === 'gateway');
  await service?.kill();
  const before = upstream.seen.length;
  for (const name of PROGRAMS) {
    const { status, headers } = await call(name, key.key);
    // Caddy has one answer for every server that it cannot reach.
    expect([name, status]).toEqual([name, name === 'caddy' ? 502 : 503]);
    expect(headers.get('www-authenticate')).toBeNull();
  }
  expect(upstream.seen.length).toBe(before);
});
