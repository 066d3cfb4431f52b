import { mintKey } from '#api-key';
import { randomUUID } from 'node:crypto';
import type { Project } from '#contracts';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { type CreatedApiKey, GatewayClient, type ProblemBody } from './support/gateway-client.js';
import { expectProblem } from './support/problem.js';
import { sendRaw } from './support/raw-http.js';

const NO_ID = 'not-an-id';
const REQUEST_TIMEOUT_MS = 1_500;

let platform: Awaited<ReturnType<typeof startPlatform>>;
let gateway: GatewayClient;
let project: Project;
let apiKey: CreatedApiKey;

beforeAll(async () => {
  const env = { gateway: { REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS) } };
  platform = await startPlatform({ dir: temporaryDirectory('bad-input'), env });
  gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
  project = await gateway.createProject();
  apiKey = await gateway.createKey(project.id);
}, 120_000);

afterAll(() => platform.stop(), 60_000);

const keysPath = (projectId = project.id): string => `/v1/projects/${projectId}/api-keys`;

describe('a body', () => {
  const future = (years: number): string => new Date(Date.now() + years * 366 * 86_400_000).toISOString();

  it.each([
    ['an unknown field', { note: 'x', color: 'red' }, '/color'],
    ['a field that only the platform sets', { createdBy: 'me' }, '/createdBy'],
    ['a field that would change every object', JSON.parse('{"__proto__": {"note": "x"}}'), '/__proto__'],
    ['another one', { constructor: { prototype: {} } }, '/constructor'],
    ['a field that every object has', { toString: 'x' }, '/toString'],
    ['a key of the caller', { key: 'tlx_mine' }, '/key'],
    ['a note that is no text', { note: 5 }, '/note'],
    ['a note that is a list', { note: ['a'] }, '/note'],
    ['a note of 201 characters', { note: 'x'.repeat(201) }, '/note'],
    ['a note with a line break', { note: 'a\nb' }, '/note'],
    ['a note with a NUL', { note: 'a\u0000b' }, '/note'],
    ['a note that turns the direction of writing', { note: 'abc\u202etxt.exe' }, '/note'],
    ['a note with half a surrogate pair', { note: 'a\ud800b' }, '/note'],
    ['a note with an escape sequence', { note: '\u001b[31mred' }, '/note'],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
    ['an expiry more than 10 years away', { expiresAt: future(10.1) }, '/expiresAt'],
    ['an expiry in the year 9999', { expiresAt: '9999-12-31T23:59:59Z' }, '/expiresAt'],
    ['a date without a time', { expiresAt: '2030-01-01' }, '/expiresAt'],
    ['a time without an offset', { expiresAt: '2030-01-01T00:00:00' }, '/expiresAt'],
    ['the 30th of February', { expiresAt: '2030-02-30T00:00:00Z' }, '/expiresAt'],
    ['an hour that does not exist', { expiresAt: '2030-01-01T25:00:00Z' }, '/expiresAt'],
    ['an expiry that is a number', { expiresAt: 1_900_000_000 }, '/expiresAt'],
    ['an id that is none', { replacesKeyId: NO_ID }, '/replacesKeyId'],
  ])('with %s is refused, and the field is named', async (_what, body, pointer) => {
    const answer = await gateway.admin<ProblemBody>('POST', keysPath(), body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expectProblem(answer);
    expect(answer.body.errors?.map((error) => error.pointer)).toContain(pointer);
  });

  it.each([
    '200 characters',
    'ünïcödé ✓ 漢字 🔑',
    `<script>alert('x')</script>`,
    `'; DROP TABLE api_keys; --`,
  ])('with the note %p is fine, and the note comes back as it was', async (note) => {
    const text = note === '200 characters' ? 'x'.repeat(200) : note;
    expect((await gateway.createKey(project.id, { note: text })).note).toBe(text);
  });

  it.each([
    ['null', null],
    ['empty', ''],
    ['only white space', ' \t '],
  ])('with a note that is %s makes a key without a note', async (_what, note) => {
    expect((await gateway.createKey(project.id, { note })).note).toBeNull();
  });

  it.each(['{', '', '{"note": undefined}', `{"note":"a"} trailing`, '[1,'])(
    'that is no JSON is refused: %p',
    async (text) => {
      const answer = await gateway.send<ProblemBody>('POST', keysPath(), {
        headers: { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' },
        body: text,
      });
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
      expectProblem(answer);
    },
  );

  it('that is announced and not there does not keep a key from being deleted', async () => {
    const { id } = await gateway.createKey(project.id);
    const headers = { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' };
    expect((await gateway.send('DELETE', `${keysPath()}/${id}`, { headers })).status).toBe(204);
  });

  it.each(['[]', '5', 'true', '"text"', '[{"name":"x"}]'])(
    'that is no object is refused: %s',
    async (text) => {
      const answer = await gateway.send<ProblemBody>('POST', '/v1/projects', {
        headers: { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' },
        body: text,
      });
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    },
  );

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'multipart/form-data; boundary=x',
  ])('of type %s is refused', async (type) => {
    const answer = await gateway.send<ProblemBody>('POST', '/v1/projects', {
      headers: { authorization: `Bearer ${gateway.adminToken}`, 'content-type': type },
      body: 'name=x',
    });
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
    expectProblem(answer);
  });

  it('over 64 KiB is refused', async () => {
    const answer = await gateway.admin<ProblemBody>('POST', '/v1/projects', { name: 'x'.repeat(65_536) });
    expect([answer.status, answer.body.code]).toEqual([413, 'body_too_large']);
    expectProblem(answer);
  });

  it('that does not arrive is not waited for', async () => {
    const { status, text } = await sendRaw(
      gateway.url,
      `POST /v1/api-keys/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"key"`,
      60_000,
    );
    expect(status).toBe(408);
    expect(text).toContain('"code":"request_timeout"');
  }, 70_000);

  it('of verify and batch-verify is refused when it holds no keys', async () => {
    const tooMany = Array.from({ length: 501 }, () => 'x');
    for (const body of [
      {},
      { key: 5 },
      { key: null },
      { key: 'x', extra: 1 },
      { key: 'x', projectId: NO_ID },
    ]) {
      expect((await gateway.verify(body)).status).toBe(400);
    }
    for (const body of [{}, { keys: [] }, { keys: 'x' }, { keys: [5] }, { keys: tooMany }]) {
      expect((await gateway.batchVerify(body)).status).toBe(400);
    }
    expect((await gateway.batchVerify({ keys: tooMany.slice(1) })).status).toBe(200);
  });
});

describe('a request', () => {
  it('with an id that is no UUID is refused, with one of nothing is not found', async () => {
    const missing = randomUUID();
    for (const path of [`/v1/projects/${NO_ID}`, keysPath(NO_ID), `${keysPath()}/${NO_ID}`]) {
      const answer = await gateway.admin<ProblemBody>('GET', path);
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
      expectProblem(answer);
    }
    expect((await gateway.admin<ProblemBody>('GET', keysPath(missing))).body.code).toBe('project_not_found');
    expect((await gateway.admin<ProblemBody>('GET', `${keysPath()}/${missing}`)).body.code).toBe(
      'api_key_not_found',
    );
  });

  it.each([
    'limit=0',
    'limit=201',
    'limit=1.5',
    'limit=x',
    'limit=0x10',
    'limit=%201',
    'limit=',
    'limit=5&limit=6',
    'cursor=x',
    'page=2',
    'q=a%00',
  ])('for a list with %s is refused', async (query) => {
    const answer = await gateway.admin<ProblemBody>('GET', `${keysPath()}?${query}`);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expectProblem(answer);
  });

  it('for an unknown route gets 404, with another method 405 and what is allowed', async () => {
    const unknown = await gateway.admin<ProblemBody>('GET', '/v1/nothing');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'route_not_found']);
    expectProblem(unknown);
    const wrong = await gateway.admin<ProblemBody>('PUT', '/v1/projects');
    expect([wrong.status, wrong.body.code]).toEqual([405, 'method_not_allowed']);
    expect(wrong.headers.get('allow')).toBe('GET, HEAD, POST');
    expectProblem(wrong);
  });

  it('keeps a sane request id, and gets a new one instead of any other', async () => {
    const idFor = async (sent: string): Promise<string | null> =>
      (await gateway.send('GET', '/v1/auth', { headers: { 'x-request-id': sent } })).headers.get(
        'x-request-id',
      );
    expect(await idFor('my-id_1.2:3')).toBe('my-id_1.2:3');
    for (const sent of ['a b', 'x'.repeat(129), '"quoted"', ''])
      expect(await idFor(sent)).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['an id of 101 characters', `/v1/projects/${'a'.repeat(101)}`],
    ['an escape that is none', '/v1/projects/%zz'],
    ['an escape that is none, behind forward-auth', '/v1/auth/100%'],
  ])('with %s in its path is refused like everything else', async (_what, path) => {
    const answer = await gateway.admin<ProblemBody>('GET', path);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expectProblem(answer);
  });

  it('does not get a key back that was in a broken path', async () => {
    const key = mintKey();
    const answer = await gateway.admin<ProblemBody>('GET', `/v1/projects/%zz${key}`);
    expect(JSON.stringify(answer.body)).not.toContain(key);
  });

  it('with a target that is too long gets 414, with headers that are too large 431', async () => {
    const long = await gateway.auth(apiKey.key, `/${'x'.repeat(8_200)}`);
    expect([long.status, long.body.code]).toEqual([414, 'url_too_long']);
    const large = await sendRaw(
      gateway.url,
      `GET /v1/auth HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(17_000)}\r\nConnection: close\r\n\r\n`,
    );
    expect(large.status).toBe(431);
    expect(large.text).toContain('"code":"headers_too_large"');
  });

  it.each([
    ['without a Host', 'GET /v1/auth HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'invalid_request'],
    [
      'with an expectation that we do not know',
      'GET /v1/auth HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nConnection: close\r\n\r\n',
      417,
      'expectation_failed',
    ],
  ])('%s gets a problem as well', async (_what, bytes, status, code) => {
    const answer = await sendRaw(gateway.url, bytes);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(`"code":"${code}"`);
    expect(answer.text).toMatch(/x-request-id: [0-9a-f-]{36}/i);
  });

  it('of forward-auth is not judged by the body that a proxy sends along, whatever it is said to be', async () => {
    for (const type of [';;;', 'application/json', 'text/plain', 'multipart/form-data']) {
      const answer = await gateway.send('POST', '/v1/auth', {
        headers: { authorization: `Bearer ${apiKey.key}`, 'content-type': type },
        body: 'x'.repeat(100_000),
      });
      expect(answer.status).toBe(200);
    }
  });

  it('that changes a note says which', async () => {
    const answer = await gateway.admin<ProblemBody>('PATCH', `${keysPath()}/${apiKey.id}`, {});
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, '/note']);
  });

  it('that is no HTTP gets 400', async () => {
    const { status, text } = await sendRaw(gateway.url, 'HELLO\r\n\r\n');
    expect(status).toBe(400);
    expect(text).toContain('"code":"invalid_request"');
  });
});

describe('after all this', () => {
  it('nothing was half done, and nothing was answered with 5xx', async () => {
    const metrics = await (await fetch(`${String(platform.services[0]?.operationsUrl)}/metrics`)).text();
    expect(metrics).not.toMatch(/status="5/);
    const { body } = await gateway.admin<{ data: { note: string | null }[] }>(
      'GET',
      `${keysPath()}?limit=200`,
    );
    expect(body.data.length).toBe(8);
  });
});
