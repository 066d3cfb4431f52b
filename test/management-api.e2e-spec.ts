import { mintKey } from '#api-key';
import type { ListApiKeysResponse, ListAuditEventsResponse, LookupApiKeyResponse, Project } from '#contracts';
import { randomUUID } from 'node:crypto';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { eventually } from './support/eventually.js';
import {
  type Answer,
  type CreatedApiKey,
  GatewayClient,
  type ProblemBody,
} from './support/gateway-client.js';
import { readFiles } from './support/media.js';

let platform: Awaited<ReturnType<typeof startPlatform>>;
let gateway: GatewayClient;
let project: Project;

beforeAll(async () => {
  platform = await startPlatform({
    dir: temporaryDirectory('management-api'),
    env: { gateway: { LOG_LEVEL: 'debug', ORGANIZATION_ID: 'ours' } },
  });
  gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
  project = await gateway.createProject('Managed');
}, 120_000);

afterAll(() => platform.stop(), 60_000);

function create<T = CreatedApiKey>(idempotencyKey: string, body: object = {}): Promise<Answer<T>> {
  return gateway.send<T>('POST', `/v1/projects/${project.id}/api-keys`, {
    headers: {
      authorization: `Bearer ${gateway.adminToken}`,
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
    },
    body: JSON.stringify(body),
  });
}

async function keysNoted(note: string): Promise<ListApiKeysResponse['data']> {
  const path = `/v1/api-keys?q=${encodeURIComponent(note)}`;
  return (await gateway.admin<ListApiKeysResponse>('GET', path)).body.data;
}

describe('lists of API keys', () => {
  it('are sorted and filtered as the query says, in a project and across all', async () => {
    const tag = randomUUID();
    const soon = new Date(Date.now() + 86_400_000).toJSON();
    const expiring = await gateway.createKey(project.id, { note: tag, expiresAt: soon });
    const lasting = await gateway.createKey(project.id, { note: tag });
    for (const path of [`/v1/projects/${project.id}/api-keys`, '/v1/api-keys']) {
      const ids = async (query: string): Promise<string[]> => {
        const { status, body } = await gateway.admin<ListApiKeysResponse>('GET', `${path}?q=${tag}&${query}`);
        expect(status).toBe(200);
        return body.data.map(({ id }) => id);
      };
      expect(await ids('')).toEqual([lasting.id, expiring.id]);
      expect(await ids('sort=createdAt')).toEqual([expiring.id, lasting.id]);
      expect(await ids('sort=-expiresAt&limit=2')).toEqual([expiring.id, lasting.id]);
      expect(await ids('expiresWithinDays=2&status=active&neverUsed=true')).toEqual([expiring.id]);
      expect(await ids('unusedForDays=1')).toEqual([]);
    }
  });

  it.each([
    ['sort=note', '/sort'],
    ['sort=', '/sort'],
    ['status=deleted', '/status'],
    ['neverUsed=false', '/neverUsed'],
    ['neverUsed=1', '/neverUsed'],
    ['unusedForDays=0', '/unusedForDays'],
    ['unusedForDays=1e1', '/unusedForDays'],
    ['expiresWithinDays=3651', '/expiresWithinDays'],
    ['expiresWithinDays=1&expiresWithinDays=2', '/expiresWithinDays'],
    ['cursor=MS5ub3QtYS11dWlk', '/cursor'],
    ['projectIds=x', '/projectIds'],
  ])('refuse ?%s by name', async (query, pointer) => {
    for (const path of [`/v1/projects/${project.id}/api-keys`, '/v1/api-keys']) {
      const { status, body } = await gateway.admin<ProblemBody>('GET', `${path}?${query}`);
      expect([status, body.code, body.errors?.map((error) => error.pointer)]).toEqual([
        400,
        'invalid_request',
        [pointer],
      ]);
    }
  });
});

describe('a leaked key', () => {
  const lookup = <T = LookupApiKeyResponse>(key: unknown): Promise<Answer<T>> =>
    gateway.admin<T>('POST', '/v1/api-keys/lookup', { key });

  it('is looked up as it was pasted, before and after its deletion; that is no use of it, and audited', async () => {
    const key = await gateway.createKey(project.id, { note: 'leaked' });
    const answer = await lookup(`\n  ${key.key}\r\n`);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { id: keyId, keyStart } = key;
    expect(answer.body).toEqual({ projectId: project.id, keyId, keyStart, status: 'active' });
    await gateway.deleteKey(key);
    expect((await lookup(key.key)).body.status).toBe('deleted');
    const events = await gateway.admin<ListAuditEventsResponse>(
      'GET',
      `/v1/audit-events?projectId=${project.id}&action=api-key.looked-up`,
    );
    expect(events.body.data.map(({ targetId }) => targetId)).toEqual([keyId, keyId]);
  });

  it('that never existed is 404; what is no whole key is 400 and says so', async () => {
    const unknown = await lookup<ProblemBody>(mintKey());
    expect([unknown.status, unknown.body.code]).toEqual([404, 'api_key_not_found']);
    for (const key of [mintKey().slice(0, -1), 'tlx_', '', 5, null, undefined]) {
      const { status, body } = await lookup<ProblemBody>(key);
      expect([status, body.errors?.[0]?.pointer]).toEqual([400, '/key']);
    }
  });
});

describe('an Idempotency-Key', () => {
  it('makes one API key of 100 repetitions, and shows its key once', async () => {
    const [idempotencyKey, note] = [randomUUID(), randomUUID()];
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => create<{ id?: string; code?: string }>(idempotencyKey, { note })),
    );
    const [made, ...others] = answers.filter(({ status }) => status === 201);
    expect(others).toEqual([]);
    expect((await keysNoted(note)).map(({ id }) => id)).toEqual([made?.body.id]);
    for (const { status, body } of answers.filter((answer) => answer !== made && answer.status !== 503)) {
      expect([status, body.code]).toEqual([409, 'idempotency_key_reused']);
      expect(body).toMatchObject({ keyId: made?.body.id });
      expect(JSON.stringify(body)).not.toMatch(/tlx_/);
    }
  });

  it('is refused for another body, and when it is none', async () => {
    const idempotencyKey = randomUUID();
    await create(idempotencyKey, { note: 'a' });
    const other = await create<ProblemBody>(idempotencyKey, { note: 'b' });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_mismatch']);
    for (const malformed of ['', 'x'.repeat(201), 'with space']) {
      const { status, body } = await create<ProblemBody>(malformed);
      expect([status, body.code, body.detail]).toEqual([
        400,
        'invalid_request',
        expect.stringContaining('Idempotency-Key') as string,
      ]);
    }
  });
});

it('a creation whose first answer is too late is asked for again, makes one API key and shows its key', async () => {
  const note = randomUUID();
  const service = platform.services.find(({ name }) => name === 'key-management');
  await service?.kill('SIGSTOP');
  const creating = gateway.createKey(project.id, { note });
  await eventually(
    () => {
      const log = readFiles(platform.logDir).map(({ content }) => content.toString('utf8'));
      expect(log.join()).toContain('A request was not answered');
    },
    { withinMs: 20_000 },
  );
  await service?.kill('SIGCONT');
  const made = await creating;
  expect((await keysNoted(note)).map(({ id }) => id)).toEqual([made.id]);
  expect((await gateway.auth(made.key)).status).toBe(200);
}, 60_000);

it('the organization in a path of JSON:API must be ours, where we have one; nobody is told that a key is deleted', async () => {
  const { key, id } = await gateway.createKey(project.id);
  const path = (organization: string): string =>
    `/jsonapi/v1/organizations/${organization}/projects/${project.id}/api_keys`;
  const statuses = async (organization: string): Promise<number[]> => {
    const attempts = [
      gateway.admin('GET', path(organization)),
      gateway.admin('POST', path(organization), { data: { attributes: {} } }),
      gateway.admin('DELETE', `${path(organization)}/${id}`),
    ];
    return (await Promise.all(attempts)).map(({ status }) => status);
  };
  expect(await statuses('theirs')).toEqual([400, 400, 400]);
  expect((await gateway.auth(key)).status).toBe(200);
  expect(await statuses('ours')).toEqual([200, 201, 204]);
});
