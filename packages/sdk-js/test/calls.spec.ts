import { inspect } from 'node:util';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  AbortedError,
  ApiError,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  InvalidRequestError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  TimeoutError,
  Traylinx,
  type TraylinxOptions,
  UnavailableError,
  UnexpectedAnswerError,
} from '../src/index.js';
import { makeKey } from './keys.js';
import { problem, type Reply, type ScriptedServer, startScriptedServer } from './scripted-server.js';

const key = makeKey();
const adminToken = 'the-admin-token';
const IDENTITY = {
  projectId: 'p',
  projectName: 'P',
  keyId: 'k',
  keyStart: 'tlx_abcd',
  note: null,
  expiresAt: null,
};
const whoamiReply: Reply = { status: 200, json: IDENTITY };

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
afterAll(() => server.close());

function client(options: TraylinxOptions = {}): Traylinx {
  return new Traylinx({ env: {}, apiKey: key, adminToken, baseUrl: server.url, ...options });
}

async function failure(call: Promise<unknown>): Promise<Error> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}

describe('a call', () => {
  it('carries the key, who asks, and the name of the request', async () => {
    server.play(whoamiReply);
    await expect(client({ userAgent: 'deploy/7' }).whoami({ requestId: 'mine-1' })).resolves.toEqual(
      IDENTITY,
    );
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'GET', url: '/v1/whoami' });
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${key}`,
      'x-request-id': 'mine-1',
      'user-agent': expect.stringMatching(/^traylinx-sdk-js\/\d+\.\d+\.\d+ node\/\d+.* deploy\/7$/) as string,
    });
  });

  it.each(['', '/', '/traylinx', '/traylinx//'])('finds the gateway below %j', async (path) => {
    server.play(whoamiReply);
    await client({ baseUrl: server.url + path }).whoami();
    expect(server.requests[0]?.url).toBe(`${path.replace(/\/+$/, '')}/v1/whoami`);
  });

  it('of an admin carries the admin token and never the key, and that of a verifier neither', async () => {
    server.play({ status: 200, json: { id: 'p' } });
    await client().projects.get('p');
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${adminToken}`);
    server.play({ status: 200, json: { valid: false, code: 'UNKNOWN' } });
    await client().verify(makeKey());
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
    await client({ serviceToken: 'of-the-service' }).verify(makeKey());
    expect(server.requests[1]?.headers.authorization).toBe('Bearer of-the-service');
  });

  it('of any endpoint carries the key, and brings back what is there', async () => {
    server.play({ status: 201, json: { id: 7 }, headers: { 'x-request-id': 'r-9' } });
    const answer = await client().request('post', '/v1/agents', {
      query: { dry: true, from: new Date(0), none: undefined },
      json: { name: 'x' },
      headers: { 'X-Trace': '1' },
    });
    expect(answer).toMatchObject({ status: 201, data: { id: 7 }, requestId: 'r-9' });
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/v1/agents?dry=true&from=1970-01-01T00%3A00%3A00.000Z',
      body: '{"name":"x"}',
      headers: { authorization: `Bearer ${key}`, 'x-trace': '1', 'content-type': 'application/json' },
    });
    server.play({ status: 200, text: 'plain', headers: { 'content-type': 'text/plain' } });
    expect((await client().request('GET', '/v1/log')).data).toBe('plain');
  });

  it.each(['v1/x', '//elsewhere.example/x', '/../x', '@elsewhere.example/', 'https://elsewhere.example'])(
    'never takes the key to %s',
    async (path) => {
      server.play(whoamiReply);
      await expect(client({ baseUrl: `${server.url}/below` }).request('GET', path)).rejects.toThrow();
      expect(server.requests).toEqual([]);
    },
  );

  it.each(['', '.', '..'])('refuses %j as an id, which would be another path', async (id) => {
    await expect(client().apiKeys.delete('p', id)).rejects.toThrow(/must be an id/);
    await expect(client().projects.delete(id)).rejects.toThrow(/must be an id/);
  });

  it('lets nobody replace its credential', async () => {
    const call = client().request('GET', '/v1/x', { headers: { Authorization: 'Bearer x' } });
    await expect(call).rejects.toThrow(/set by the client itself/);
  });

  it('goes through the fetch that is given', async () => {
    const asked: string[] = [];
    const fetch = (url: string) => {
      asked.push(url);
      return Promise.resolve(Response.json(IDENTITY));
    };
    await expect(client({ fetch }).whoami()).resolves.toEqual(IDENTITY);
    expect(asked).toEqual([`${server.url}/v1/whoami`]);
    // The platform's own fits.
    expect(() => client({ fetch: globalThis.fetch })).not.toThrow();
  });
});

describe('an error', () => {
  it.each([
    [400, 'invalid_request', InvalidRequestError],
    [401, 'api_key_deleted', AuthenticationError],
    [403, 'wrong_project', PermissionDeniedError],
    [404, 'api_key_not_found', NotFoundError],
    [409, 'limit_reached', ConflictError],
    [422, 'idempotency_key_mismatch', InvalidRequestError],
    [429, 'too_many_requests', RateLimitError],
    [500, 'internal', ServerError],
    [503, 'unavailable', UnavailableError],
  ])(
    'of HTTP %i is typed and has the code, the request id and the words of the gateway',
    async (status, code, type) => {
      const errors = [{ pointer: '/note', message: 'too long' }];
      server.play(problem(status, code, { detail: 'What to do.', errors }));
      const error = await failure(client({ maxRetries: 0 }).whoami());
      expect(error).toBeInstanceOf(type);
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({
        name: type.name,
        status,
        code,
        requestId: 'r-1',
        detail: 'What to do.',
        errors,
      });
      expect(error.message).toBe(`What to do. [${code}, request r-1]`);
    },
  );

  it('never shows a secret, even when the answer quotes it', async () => {
    const quoted = `you sent ${key} and ${adminToken}`;
    for (const reply of [
      problem(400, 'invalid_request', { detail: quoted, more: { quoted } }),
      problem(401, 'api_key_unknown', { title: quoted }),
    ]) {
      server.play(reply);
      const printed = inspect(await failure(client().whoami()), { depth: 10 });
      expect(printed).not.toContain(key.slice(8));
      expect(printed).not.toContain(adminToken);
    }
  });

  const page: Reply = { status: 200, text: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } };

  it('says that a proxy answers instead of the gateway', async () => {
    server.play(page);
    const calls = [
      (c: Traylinx) => c.whoami(),
      (c: Traylinx) => c.verify(key),
      (c: Traylinx) => c.apiKeys.delete('p', 'k'),
      (c: Traylinx) => c.apiKeys.list('p').toArray(),
    ];
    for (const call of calls) {
      const error = await failure(call(client()));
      expect(error).toBeInstanceOf(UnexpectedAnswerError);
      expect(error.message).toMatch(/Not the gateway.*text\/html.*TRAYLINX_BASE_URL/);
    }
    server.play({ ...page, status: 502 });
    const error = await failure(client({ maxRetries: 0 }).whoami());
    expect(error).toBeInstanceOf(ServerError);
    expect(error.message).toMatch(/not by the gateway \(text\/html\)/);
  });

  it('says that a redirect is not followed, and where it leads', async () => {
    server.play({ status: 302, headers: { location: 'https://login.example/x?token=secret' } });
    const error = await failure(client().whoami());
    expect(error).toBeInstanceOf(UnexpectedAnswerError);
    expect(error.message).toMatch(/redirect to https:\/\/login\.example \(HTTP 302\)/);
    expect(error.message).not.toContain('secret');
  });

  it.each([
    ['{', 'cut-off JSON'],
    ['', 'nothing'],
    ['[]', 'another shape'],
    ['{"hello": "I am another service"}', 'another service'],
    ['null', 'null'],
  ])('comes of %s (%s), which is no identity and no verification', async (text) => {
    server.play({ status: 200, text, headers: { 'content-type': 'application/json' } });
    for (const call of [client().whoami(), client().verify(key), client().batchVerify([key])]) {
      expect(await failure(call)).toBeInstanceOf(UnexpectedAnswerError);
    }
  });

  it('tells refused, unknown host and TLS apart, and what to look at', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    const refused = await failure(client({ baseUrl: `http://127.0.0.1:${port}`, maxRetries: 0 }).whoami());
    expect(refused).toBeInstanceOf(ConnectionError);
    expect(refused).toMatchObject({ reason: 'refused' });
    expect(refused.message).toMatch(
      /Nothing listens at 127\.0\.0\.1:\d+ \(ECONNREFUSED\).*TRAYLINX_BASE_URL/,
    );
    const tls = await failure(client({ baseUrl: server.url.replace('http:', 'https:') }).whoami());
    expect(tls).toMatchObject({ reason: 'tls' });
    expect(tls.message).toMatch(/No secure connection.*plain http/);
    const unknown = await failure(client({ baseUrl: 'http://no-such-host.invalid', maxRetries: 0 }).whoami());
    expect(unknown).toMatchObject({ reason: 'unknown_host' });
  });
});

describe('a warning about the expiry of the key', () => {
  it('comes once, counted by the clock of the gateway', async () => {
    const warnings: unknown[] = [];
    const headers = {
      'x-api-key-expires-at': '2031-01-05T12:00:00.000Z',
      date: 'Wed, 01 Jan 2031 12:00:00 GMT',
    };
    server.play({ status: 200, json: IDENTITY, headers });
    const warned = client({ onExpiryWarning: (warning) => warnings.push(warning) });
    for (let i = 0; i < 3; i += 1) await warned.whoami();
    expect(warnings).toEqual([
      {
        expiresAt: '2031-01-05T12:00:00.000Z',
        message: expect.stringMatching(/expires in 4 days \(2031-01-05T12:00:00\.000Z\)/) as string,
      },
    ]);
  });
});

describe('a signal', () => {
  it('ends a call that waits, and one that has not begun', async () => {
    server.play('silence');
    const controller = new AbortController();
    const call = failure(client().whoami({ signal: controller.signal }));
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('the user is gone'));
    const error = await call;
    expect(error).toBeInstanceOf(AbortedError);
    expect(error).toMatchObject({ name: 'AbortError', cause: { message: 'the user is gone' } });
    server.play(whoamiReply);
    expect(await failure(client().whoami({ signal: AbortSignal.abort() }))).toBeInstanceOf(AbortedError);
    expect(server.requests).toEqual([]);
  });

  it('ends a call that waits for its retry', async () => {
    server.play(problem(503, 'unavailable'), { status: 503, headers: { 'retry-after': '9' } });
    const controller = new AbortController();
    const call = failure(client().whoami({ signal: controller.signal }));
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await call).toBeInstanceOf(AbortedError);
  });
});

describe('the time of a call', () => {
  it('is for all of it, and ends also a fetch that does not listen', async () => {
    const fetch = (): Promise<never> => new Promise(() => undefined);
    const error = await failure(client({ fetch, timeoutMs: 30 }).whoami());
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ timeoutMs: 30, reason: 'timeout' });
    expect(error.message).toMatch(/within 30 ms/);
  });

  it('is not spent on waiting for a retry that would come after it', async () => {
    server.play({ status: 429, headers: { 'retry-after': '3600' } });
    const error = await failure(client().whoami());
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ retryAfterMs: 3_600_000 });
    expect(server.requests).toHaveLength(1);
  });

  it('is a verification’s own, and a deletion’s own', async () => {
    server.play('silence');
    const own = client({ timeoutMs: 60_000, verifyTimeoutMs: 20, deleteTimeoutMs: 40 });
    expect(await failure(own.verify(key))).toMatchObject({ timeoutMs: 20 });
    expect(await failure(own.batchVerify([key]))).toMatchObject({ timeoutMs: 20 });
    expect(await failure(own.deleteOwnKey())).toMatchObject({ timeoutMs: 40 });
    expect(await failure(own.apiKeys.delete('p', 'k'))).toMatchObject({ timeoutMs: 40 });
    expect(await failure(own.apiKeys.delete('p', 'k', { timeoutMs: 10 }))).toMatchObject({ timeoutMs: 10 });
  });
});
