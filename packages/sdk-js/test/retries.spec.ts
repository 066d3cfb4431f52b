import {
  ConflictError,
  NotFoundError,
  RateLimitError,
  ServerError,
  Traylinx,
  UnavailableError,
} from '../src/index.js';
import { makeKey } from './keys.js';
import { problem, type Reply, type ScriptedServer, startScriptedServer } from './scripted-server.js';

const key = makeKey();
const OK: Reply = { status: 200, json: { keyId: 'k', valid: true, code: 'VALID', projectId: 'p' } };
const DONE: Reply = { status: 204 };
/** As quickly as the gateway allows. */
const soon = (status: number): Reply => ({ status, headers: { 'retry-after': '0' } });

let server: ScriptedServer;
let client: Traylinx;
beforeAll(async () => {
  server = await startScriptedServer();
  client = new Traylinx({ env: {}, apiKey: key, adminToken: 'admin', baseUrl: server.url });
});
afterAll(() => server.close());

describe('a call is repeated', () => {
  it.each([soon(408), soon(429), soon(500), soon(502), soon(503), soon(504), 'lost' as const])(
    'after %j, twice, under the same request id',
    async (reply) => {
      server.play(reply, reply, OK);
      await expect(client.whoami()).resolves.toMatchObject({ keyId: 'k' });
      expect(server.requests).toHaveLength(3);
      expect(new Set(server.requests.map(({ headers }) => headers['x-request-id'])).size).toBe(1);
      server.play(reply);
      await expect(client.whoami()).rejects.toThrow();
      expect(server.requests).toHaveLength(3);
    },
  );

  it('when it is a verification', async () => {
    server.play(soon(503), OK);
    await expect(client.verify(key)).resolves.toMatchObject({ valid: true });
    expect(server.requests).toHaveLength(2);
  });

  it('not more often than told', async () => {
    server.play(soon(503));
    await expect(client.whoami({ maxRetries: 0 })).rejects.toBeInstanceOf(UnavailableError);
    expect(server.requests).toHaveLength(1);
  });

  it.each([400, 401, 403, 404, 409, 422])(
    'not after %i, which would be answered the same',
    async (status) => {
      server.play(problem(status, 'x'));
      await expect(client.whoami()).rejects.toMatchObject({ status });
      expect(server.requests).toHaveLength(1);
    },
  );

  it('not when it is a POST that may have had its effect, unless the caller knows better', async () => {
    for (const reply of [soon(503), 'lost' as const]) {
      server.play(reply, OK);
      await expect(client.request('POST', '/v1/x')).rejects.toThrow();
      expect(server.requests).toHaveLength(1);
      server.play(reply, OK);
      await expect(client.request('POST', '/v1/x', { isRepeatable: true })).resolves.toMatchObject({
        status: 200,
      });
    }
    server.play(soon(503));
    await expect(client.projects.create({ name: 'x' })).rejects.toBeInstanceOf(ServerError);
    expect(server.requests).toHaveLength(1);
  });

  it('when it was refused by a rate limit, whatever it is', async () => {
    server.play(soon(429), OK);
    await expect(client.request('POST', '/v1/x')).resolves.toMatchObject({ status: 200 });
    server.play(soon(429));
    await expect(client.request('POST', '/v1/x')).rejects.toBeInstanceOf(RateLimitError);
    expect(server.requests).toHaveLength(3);
  });
});

describe('a creation', () => {
  it('carries one Idempotency-Key through all its repetitions, and another call another', async () => {
    const idempotencyKeys = () => server.requests.map(({ headers }) => headers['idempotency-key']);
    server.play(soon(503), 'lost', { status: 201, json: { id: 'k', key } });
    await client.apiKeys.create('p', { note: 'CI', expiresAt: new Date('2030-01-01T00:00:00Z') });
    expect(server.requests[0]?.body).toBe('{"note":"CI","expiresAt":"2030-01-01T00:00:00.000Z"}');
    const [first] = idempotencyKeys();
    expect(idempotencyKeys()).toEqual([first, first, first]);
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    await client.apiKeys.create('p');
    expect(idempotencyKeys()[3]).not.toBe(first);
    await client.apiKeys.create('p', {}, { idempotencyKey: 'mine' });
    expect(idempotencyKeys()[4]).toBe('mine');
  });

  it('whose answer was lost says that the key was made', async () => {
    server.play('lost', problem(409, 'idempotency_key_reused', { detail: 'It made the key k-7.' }));
    const error = client.apiKeys.create('p');
    await expect(error).rejects.toBeInstanceOf(ConflictError);
    await expect(error).rejects.toMatchObject({
      code: 'idempotency_key_reused',
      detail: 'It made the key k-7.',
    });
  });
});

describe('a deletion', () => {
  const gone = problem(404, 'api_key_not_found');

  it.each([['lost' as const], [soon(503)], [soon(504)]])(
    'is done when its repetition after %j finds nothing',
    async (reply) => {
      server.play(reply, gone);
      await expect(client.apiKeys.delete('p', 'k')).resolves.toBeUndefined();
      server.play(reply, problem(404, 'project_not_found'));
      await expect(client.projects.delete('p')).resolves.toBeUndefined();
      server.play(reply, DONE);
      await expect(client.apiKeys.delete('p', 'k')).resolves.toBeUndefined();
    },
  );

  it('is refused when there was nothing in the first place', async () => {
    server.play(gone);
    await expect(client.apiKeys.delete('p', 'k')).rejects.toBeInstanceOf(NotFoundError);
    server.play(soon(429), gone);
    await expect(client.apiKeys.delete('p', 'k')).rejects.toBeInstanceOf(NotFoundError);
  });

  it('is not taken for done because a route or a proxy does not know it', async () => {
    for (const reply of [problem(404, 'route_not_found'), { status: 404, text: 'no' } as const]) {
      server.play(soon(503), reply);
      await expect(client.apiKeys.delete('p', 'k')).rejects.toBeInstanceOf(NotFoundError);
    }
  });

  it('of one’s own key is done when it is deleted already', async () => {
    server.play(problem(401, 'api_key_deleted'));
    await expect(client.deleteOwnKey()).resolves.toBeUndefined();
    server.play(problem(401, 'api_key_unknown'));
    await expect(client.deleteOwnKey()).rejects.toMatchObject({ code: 'api_key_unknown' });
  });
});

describe('a list', () => {
  it('is read page by page, and no further than it is used', async () => {
    const page = (data: number[], nextCursor: string | null): Reply => ({
      status: 200,
      json: { data, nextCursor },
    });
    server.play(page([1, 2], 'a'), page([3], 'b'), page([], null));
    expect(await client.apiKeys.list('p', { limit: 2, unusedForDays: 30 }).toArray()).toEqual([1, 2, 3]);
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/v1/projects/p/api-keys?limit=2&unusedForDays=30',
      '/v1/projects/p/api-keys?limit=2&unusedForDays=30&cursor=a',
      '/v1/projects/p/api-keys?limit=2&unusedForDays=30&cursor=b',
    ]);
    server.play(page([1, 2], 'a'), page([3], null));
    for await (const item of client.projects.list()) if (Number(item) === 2) break;
    expect(server.requests).toHaveLength(1);
  });

  it('ends with an error rather than going round for ever', async () => {
    server.play({ status: 200, json: { data: [1], nextCursor: 'a' } });
    await expect(client.projects.list().toArray()).rejects.toThrow(/not a page/);
    server.play({ status: 200, json: { hello: 'world' } });
    await expect(client.projects.list().toArray()).rejects.toThrow(/not a page/);
  });
});

describe('a verification', () => {
  it.each([
    { valid: true },
    { valid: true, code: 'VALID', keyId: 'k' },
    { valid: 'yes', code: 'VALID', keyId: 'k', projectId: 'p' },
    { valid: true, code: 'DELETED', keyId: 'k', projectId: 'p' },
    { code: 'UNAVAILABLE' },
  ])('is no yes, and none at all: %j', async (json) => {
    server.play({ status: 200, json });
    await expect(client.verify(key)).rejects.toThrow(/not a verification/);
  });

  it('of many keys keeps their order, 500 at a time', async () => {
    const refused = { valid: false, code: 'UNKNOWN' };
    const results = (count: number): Reply => ({
      status: 200,
      json: { results: Array(count).fill(refused) },
    });
    server.play(results(500), results(2));
    expect(await client.batchVerify(Array<string>(502).fill(key))).toHaveLength(502);
    server.play(results(1));
    await expect(client.batchVerify([key, key])).rejects.toThrow(/not 2 verifications/);
    server.play({ status: 200, json: { results: [{ code: 'UNAVAILABLE' }] } });
    expect(await client.batchVerify([key])).toEqual([{ code: 'UNAVAILABLE' }]);
    expect(await client.batchVerify([])).toEqual([]);
  });
});
