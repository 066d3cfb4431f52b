// What the gateway does beyond the proxies of examples/ when it forwards requests itself.
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiKey } from '#contracts';
import { eventually } from '../support/eventually.js';
import type { CreatedApiKey, GatewayClient, ProblemBody } from '../support/gateway-client.js';
import { sendRaw } from '../support/raw-http.js';
import type { Seen, Upstream } from './upstream.js';

/** Short enough to wait for, long enough for a busy machine. */
const REQUEST_TIMEOUT_MS = 2_500;
const PROXY_TIMEOUT_MS = 3_000;
const PROXY_MAX_DURATION_S = 10;
const MEGABYTE = Buffer.alloc(1_048_576);

/** `deadPort`: nobody listens there. */
export function proxyEnvironment(servicePort: number, deadPort: number): Record<string, string> {
  const service = `http://127.0.0.1:${String(servicePort)}`;
  return {
    GATEWAY_ROUTES: JSON.stringify([
      { prefix: '/service', upstream: service },
      { prefix: '/based', upstream: `${service}/base/v2` },
      { prefix: '/down', upstream: `http://127.0.0.1:${String(deadPort)}` },
      { prefix: '/plain', upstream: service.replace('http', 'https') },
    ]),
    REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
    PROXY_TIMEOUT_MS: String(PROXY_TIMEOUT_MS),
    PROXY_MAX_DURATION_S: String(PROXY_MAX_DURATION_S),
  };
}

interface World {
  gateway: GatewayClient;
  upstream: Upstream;
  projectId: string;
  key: CreatedApiKey;
}

export function describeProxyMode(getWorld: () => World): void {
  let world: World;
  beforeAll(() => (world = getWorld()));

  const call = (path: string, init: RequestInit = {}, key = world.key.key): Promise<Response> =>
    fetch(world.gateway.url + path, {
      ...init,
      headers: { authorization: `Bearer ${key}`, ...(init.headers as Record<string, string>) },
    });

  const problemOf = async (path: string, init?: RequestInit): Promise<[number, string]> => {
    const response = await call(path, init);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    return [response.status, ((await response.json()) as ProblemBody).code];
  };

  /** A request whose body is still to come. */
  function begin(path: string, headers: Record<string, string> = {}): ClientRequest {
    const { hostname, port } = new URL(world.gateway.url);
    return httpRequest({
      hostname,
      port,
      path,
      method: 'POST',
      headers: { authorization: `Bearer ${world.key.key}`, ...headers },
    });
  }

  it('streams an answer as it comes', async () => {
    let finish = (): void => undefined;
    world.upstream.handle('/stream', (_request, response) => {
      response.write('first');
      finish = () => response.end('last');
    });
    const response = await call('/service/stream');
    const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('first');
    finish();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('last');
  });

  it('streams a body as it comes, for longer than any other request may take to arrive', async () => {
    let received = '';
    world.upstream.handle('/upload', (request, response) => {
      request.on('data', (chunk) => (received += String(chunk)));
      request.on('end', () => response.end(received));
    });
    const request = begin('/service/upload');
    request.write('first ');
    await eventually(() => expect(received).toBe('first '));
    // This is what is tested: that time alone changes nothing.
    await delay(PROXY_TIMEOUT_MS + 500);
    request.end('last');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect([response.statusCode, (await response.toArray()).join('')]).toEqual([200, 'first last']);
  });

  it('holds back a caller who sends more than the service reads: nothing is kept', async () => {
    let discard = (): void => undefined;
    world.upstream.handle('/slow', (request, response) => {
      discard = () => request.resume().on('end', () => response.end('read'));
    });
    const request = begin('/service/slow');
    let megabytes = 0;
    for (; megabytes < 256; megabytes += 1) {
      if (request.write(MEGABYTE)) continue;
      if ((await Promise.race([once(request, 'drain'), delay(300)])) === undefined) break;
    }
    expect(megabytes).toBeLessThan(64);
    discard();
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
  });

  it('a management request that does not arrive in time is refused nevertheless', async () => {
    const head = `POST /v1/projects HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${world.gateway.adminToken}\r\n`;
    const late = `${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"name":`;
    expect(await sendRaw(world.gateway.url, late)).toMatchObject({
      status: 408,
      text: expect.stringContaining('request_timeout') as string,
    });
  });

  it('a body that forward-auth ignores does not keep the connection open for longer than others', async () => {
    const startedAt = performance.now();
    const head = 'POST /v1/auth HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n';
    const patienceMs = 30_000;
    expect(await sendRaw(world.gateway.url, head, patienceMs)).toMatchObject({ status: 401 });
    expect(performance.now() - startedAt).toBeLessThan(patienceMs);
  });

  it('says that a service is down, slow or no service, and that the key is good', async () => {
    world.upstream.handle('/silent', () => undefined);
    world.upstream.handle('/garbage', ({ socket }) => socket.end('no HTTP at all\r\n\r\n'));
    expect(await problemOf('/down/x')).toEqual([502, 'upstream_unreachable']);
    expect(await problemOf('/plain/x')).toEqual([502, 'upstream_unreachable']);
    expect(await problemOf('/service/garbage')).toEqual([502, 'upstream_unreachable']);
    expect(await problemOf('/service/silent')).toEqual([504, 'upstream_timeout']);
  });

  it("passes on a service's own refusals, as they are and once", async () => {
    let calls = 0;
    world.upstream.handle('/busy', (_request, response) => {
      calls += 1;
      response.writeHead(503, { 'retry-after': '1' }).end('busy');
    });
    const response = await call('/service/busy');
    expect([response.status, response.headers.get('retry-after'), await response.text(), calls]).toEqual([
      503,
      '1',
      'busy',
      1,
    ]);
  });

  it('cuts an answer that the service has not finished: no part is taken for the whole', async () => {
    world.upstream.handle('/dies', (_request, response) => {
      response.write('half of it');
      setImmediate(() => response.destroy());
    });
    const response = await call('/service/dies');
    await expect(response.text()).rejects.toThrow();
  });

  it('ends a stream after PROXY_MAX_DURATION_S, as its key may have been deleted since', async () => {
    const ended = new Promise((resolve) => {
      world.upstream.handle('/endless', (_request, response) => {
        response.write('on and on');
        response.once('close', resolve);
      });
    });
    const beganAt = performance.now();
    const response = await call('/service/endless');
    await expect(response.text()).rejects.toThrow();
    expect(performance.now() - beganAt).toBeGreaterThan(PROXY_MAX_DURATION_S * 1_000 - 500);
    await ended;
  });

  it('lets go of the service when the caller has gone, before and in the answer', async () => {
    for (const begins of [false, true]) {
      let asked = false;
      const gone = new Promise((resolve) => {
        world.upstream.handle('/abandoned', (_request, response) => {
          asked = true;
          response.once('close', resolve);
          if (begins) response.write('it begins');
        });
      });
      const caller = new AbortController();
      const answer = call('/service/abandoned', { signal: caller.signal }).then((response) =>
        response.text(),
      );
      await eventually(() => expect(asked).toBe(true));
      caller.abort();
      await expect(answer).rejects.toThrow();
      await gone;
    }
  });

  it('keeps to itself what is of one connection, and says itself where a request comes from', async () => {
    const lines = [
      'GET /service/headers HTTP/1.1',
      'Host: keys.example',
      `Authorization: Bearer ${world.key.key}`,
      'Connection: close, X-Hop',
      'X-Hop: 1',
      'Keep-Alive: timeout=5',
      'TE: trailers',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
      'Proxy-Authorization: Basic c2VjcmV0',
      'Proxy-Connection: close',
      'Forwarded: for=192.0.2.1',
      'X-Forwarded-For: 192.0.2.1',
      'X-Forwarded-Host: spoofed.example',
      'X-Forwarded-Proto: https',
      'X_Forwarded_For: 192.0.2.1',
      'X-Forwarded-Prefix: /x',
      'X-Real-IP: 192.0.2.1',
      'X-Request-Id: from-the-caller',
      'Cookie: a=1; __Host-traylinx-session=secret; traylinx-session=secret; b=2',
      'X-Own: kept',
    ];
    const { text } = await sendRaw(world.gateway.url, `${lines.join('\r\n')}\r\n\r\n`);
    const { headers } = world.upstream.seen.at(-1) as Seen;
    const own = { host: `127.0.0.1:${String(world.upstream.port)}`, connection: 'keep-alive' };
    expect(headers).toEqual({
      ...own,
      'x-own': 'kept',
      cookie: 'a=1; b=2',
      'x-auth-project-id': world.projectId,
      'x-auth-key-id': world.key.id,
      'x-auth-key-expires-at': '',
      'x-request-id': 'from-the-caller',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'keys.example',
      'x-forwarded-proto': 'http',
    });
    expect(text).toContain('x-request-id: from-the-caller');
  });

  it("takes from a service's answer what is not its own to say", async () => {
    world.upstream.handle('/claims', (_request, response) => {
      response.writeHead(201, {
        'x-request-id': 'of the service',
        'x-api-key-expires-at': '2099-01-01T00:00:00.000Z',
        'set-cookie': ['a=1', '__Host-traylinx-session=stolen; Path=/'],
        'content-security-policy': "default-src 'self'",
        location: '/elsewhere',
        connection: 'X-Hop',
        'x-hop': '1',
      });
      response.end();
    });
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const expiring = await world.gateway.createKey(world.projectId, { expiresAt });
    for (const [key, warning] of [
      [world.key, null],
      [expiring, expiresAt],
    ] as const) {
      const { status, headers } = await call(
        '/service/claims',
        { headers: { 'x-request-id': 'ours' } },
        key.key,
      );
      expect([status, headers.get('x-request-id'), headers.get('x-api-key-expires-at')]).toEqual([
        201,
        'ours',
        warning,
      ]);
      expect(headers.getSetCookie()).toEqual(['a=1']);
      expect([headers.get('x-hop'), headers.get('location')]).toEqual([null, '/service/elsewhere']);
      expect(headers.get('content-security-policy')).toBe("default-src 'self'");
    }
  });

  it.each(['/based/agents', '/based/%61gents?x=%2F&y', '/based', '/%62ased/agents'])(
    'puts the address of the service in the place of the prefix: %s',
    async (path) => {
      const response = await call(path);
      const rest = path.replace('/%62ased', '/based').slice('/based'.length);
      expect([response.status, ((await response.json()) as Seen).url]).toEqual([200, `/base/v2${rest}`]);
    },
  );

  it.each([
    '/based/../secret',
    '/based/%2e%2e/secret',
    '/based/..%2fsecret',
    '/based/x/..\\..\\secret',
    '/based/%2e%2e%5csecret',
    '/basedsecret',
    '//based/x',
    '/based/%zz',
  ])('nobody leaves the part of the service that is given out: %s', async (path) => {
    const before = world.upstream.seen.length;
    const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${world.key.key}\r\n\r\n`;
    expect([400, 404]).toContain((await sendRaw(world.gateway.url, head)).status);
    expect(world.upstream.seen.length).toBe(before);
  });

  it('refuses a WebSocket and a GET with a body, and says why', async () => {
    const head = `GET /service/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${world.key.key}\r\n`;
    const socket = `${head}Connection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n`;
    expect(await sendRaw(world.gateway.url, socket)).toMatchObject({
      status: 400,
      text: expect.stringContaining('outlive its key') as string,
    });
    const body = `${head}Connection: close\r\nContent-Length: 2\r\n\r\n{}`;
    expect((await sendRaw(world.gateway.url, body)).status).toBe(400);
  });

  it('counts each forwarded request as a use, and no refused one', async () => {
    const counted = await world.gateway.createKey(world.projectId);
    for (let i = 0; i < 3; i += 1) await call('/service/x', {}, counted.key);
    await call('/service/x', { headers: { upgrade: 'websocket', connection: 'upgrade' } }, counted.key).catch(
      () => undefined,
    );
    const path = `/v1/projects/${world.projectId}/api-keys/${counted.id}`;
    await eventually(async () => {
      const { body } = await world.gateway.admin<ApiKey>('GET', path);
      expect(body.usage).toMatchObject({ verdict: 'in_use', last24h: 3 });
    });
  });
}
