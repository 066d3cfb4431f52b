import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { GatewayClient } from './support/gateway-client.js';
import { sendRaw } from './support/raw-http.js';

const FRIEND = 'https://friend.example';
const STRANGER = 'https://stranger.example';

let platform: Awaited<ReturnType<typeof startPlatform>>;
let gateway: GatewayClient;
let key: string;
let projectId: string;

beforeAll(async () => {
  const env = { gateway: { CORS_ORIGINS: FRIEND } };
  platform = await startPlatform({ dir: temporaryDirectory('answer-headers'), env });
  gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
  projectId = (await gateway.createProject()).id;
  ({ key } = await gateway.createKey(projectId));
}, 120_000);

afterAll(() => platform.stop(), 60_000);

it.each(['/v1/projects', '/v1/nothing', '/openapi.json', '/docs'])(
  'the answer of %s is taken for nothing but what it is',
  async (path) => {
    const { headers } = await gateway.admin('GET', path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
  },
);

it('the reference page has a policy that lets in its own style alone', async () => {
  const response = await fetch(`${gateway.url}/docs`);
  const style = /<style>(.*?)<\/style>/s.exec(await response.text())?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(response.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`);
  expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
});

it('the document that is served is the one that is committed', async () => {
  const { body } = await gateway.send('GET', '/openapi.json');
  expect(body).toEqual(JSON.parse(readFileSync('docs/openapi.json', 'utf8')));
});

it('lets pages of a configured origin in, without cookies, and tells others nothing', async () => {
  const ask = async (method: string, origin: string): Promise<Headers> => {
    const headers = {
      origin,
      'access-control-request-method': 'GET',
      authorization: `Bearer ${gateway.adminToken}`,
    };
    return (await gateway.send(method, '/v1/projects', { headers })).headers;
  };
  for (const method of ['OPTIONS', 'GET']) {
    const known = await ask(method, FRIEND);
    expect(known.get('access-control-allow-origin')).toBe(FRIEND);
    expect(known.get('vary')).toBe('Origin');
    expect(known.get('access-control-allow-credentials')).toBeNull();
    for (const origin of [STRANGER, 'null', `${FRIEND}.evil.example`, 'http://friend.example']) {
      expect((await ask(method, origin)).get('access-control-allow-origin')).toBeNull();
    }
  }
});

it('forward-auth says who it is itself, whatever a caller claims to be, and gives browsers nothing', async () => {
  const headers = {
    authorization: `Bearer ${key}`,
    origin: FRIEND,
    'x-auth-project-id': '00000000-0000-4000-8000-000000000000',
    'x-auth-key-expires-at': '2999-01-01T00:00:00.000Z',
  };
  const answer = await gateway.send('GET', '/v1/auth', { headers });
  expect(answer.headers.get('x-auth-project-id')).toBe(projectId);
  expect(answer.headers.get('x-auth-key-expires-at')).toBe('');
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  const { status } = await gateway.send('GET', '/v1/auth', {
    headers: { 'x-auth-project-id': projectId, 'x-auth-key-id': projectId },
  });
  expect(status).toBe(401);
});

it('a header of 64 KiB gets 431', async () => {
  const head = `GET /v1/auth HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(65_536)}\r\nConnection: close\r\n\r\n`;
  expect((await sendRaw(gateway.url, head)).status).toBe(431);
});
