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
  const env = {
    gateway: { CORS_ORIGINS: FRIEND, PUBLIC_URL: 'https://keys.example', REQUEST_TIMEOUT_MS: '1500' },
  };
  platform = await startPlatform({ dir: temporaryDirectory('answer-headers'), env });
  gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
  projectId = (await gateway.createProject()).id;
  ({ key } = await gateway.createKey(projectId));
}, 120_000);

afterAll(() => platform.stop(), 60_000);

/** What @fastify/helmet sets, but for what speaks to browsers that nobody has any more. */
const SECURITY_HEADERS: Readonly<Record<string, string | RegExp>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'content-security-policy': /^default-src '(none|self)'.*frame-ancestors 'none'/,
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': /^max-age=\d{8}/,
};

function expectSecured(headers: Headers): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    expect(`${name}: ${String(headers.get(name))}`).toMatch(
      value instanceof RegExp ? new RegExp(`: ${value.source.slice(1)}`) : `${name}: ${value}`,
    );
  }
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('server')).toBeNull();
  expect(headers.get('x-request-id')).not.toBeNull();
}

describe('an answer is taken for nothing but what it is, whether it is', () => {
  const json = { 'content-type': 'application/json' };

  it.each<[what: string, status: number, method: string, path: string, init?: RequestInit]>([
    ['a list', 200, 'GET', '/v1/projects'],
    ['the API document', 200, 'GET', '/openapi.json'],
    ['the reference page', 200, 'GET', '/docs'],
    ['a page of the console', 200, 'GET', '/projects'],
    ['to a preflight', 204, 'OPTIONS', '/v1/projects'],
    ['of the router: no such route', 404, 'GET', '/v1/nothing'],
    ['of the router: no such method', 405, 'PUT', '/v1/projects'],
    ['of the router: no such path at all', 400, 'GET', '/v1/projects/%zz'],
    ['of the body parser: no JSON', 400, 'POST', '/v1/projects', { headers: json, body: '{' }],
    [
      'of the body parser: too large',
      413,
      'POST',
      '/v1/projects',
      { headers: json, body: 'x'.repeat(65_537) },
    ],
    ['of the body parser: another type', 415, 'POST', '/v1/projects', { body: 'text' }],
    ['of validation', 400, 'GET', '/v1/projects?limit=x'],
    ['of a target that is too long', 414, 'GET', `/v1/projects?q=${'x'.repeat(8_192)}`],
    ['of a credential', 401, 'GET', '/v1/projects', { headers: { authorization: 'Bearer x' } }],
  ])('%s', async (_what, status, method, path, init = {}) => {
    const answer = await gateway.send(method, path, {
      ...init,
      headers: {
        authorization: `Bearer ${gateway.adminToken}`,
        origin: FRIEND,
        'access-control-request-method': 'GET',
        ...init.headers,
      },
    });
    expect(answer.status).toBe(status);
    expectSecured(answer.headers);
  });

  const head = 'GET /v1/projects HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';
  it.each([
    ['that it is no HTTP', 400, 'HELLO\r\n\r\n'],
    ['that it is HTTP of another kind', 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['that it has no Host', 400, 'GET /v1/projects HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['that a header is none', 400, `${head}no header\r\n\r\n`],
    ['that there are two lengths', 400, `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`],
    ['that the head does not arrive', 408, head],
    [
      'that the body does not arrive',
      408,
      `${head.replace('GET', 'POST')}Content-Type: application/json\r\nContent-Length: 9\r\nAuthorization: Bearer x\r\n\r\n1`,
    ],
    ['what it expects is not there', 417, `${head}Expect: tea\r\n\r\n`],
    ['that a header of 64 KiB is too large', 431, `${head}X-Large: ${'x'.repeat(65_536)}\r\n\r\n`],
  ])('a refusal before any route: %s', async (_what, status, bytes) => {
    const answer = await sendRaw(gateway.url, bytes);
    expect(answer.status).toBe(status);
    const [, ...lines] = answer.text.split('\r\n\r\n', 1)[0]?.split('\r\n') ?? [];
    const pairs = lines.map((line): [string, string] => [
      line.slice(0, line.indexOf(':')),
      line.slice(line.indexOf(':') + 1).trim(),
    ]);
    expectSecured(new Headers(pairs));
  });
});

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
