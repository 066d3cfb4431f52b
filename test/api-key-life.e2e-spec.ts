import { randomUUID } from 'node:crypto';
import { mintKey } from '#api-key';
import type { ApiKey, ListApiKeysResponse, ListProjectsResponse, Project } from '#contracts';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { eventually } from './support/eventually.js';
import { type CreatedApiKey, GatewayClient, type ProblemBody } from './support/gateway-client.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let platform: Awaited<ReturnType<typeof startPlatform>>;
/** The same platform through two doors: what one has answered must hold at the other. */
let gateway: GatewayClient;
let otherGateway: GatewayClient;
let project: Project;

beforeAll(async () => {
  platform = await startPlatform({
    dir: temporaryDirectory('api-key-life'),
    replicas: { gateway: 2, verification: 2 },
  });
  const [first, second] = platform.gatewayUrls.map((url) => new GatewayClient(url, platform.adminToken));
  if (first === undefined || second === undefined) throw new Error('there should be two gateways');
  [gateway, otherGateway] = [first, second];
  project = await gateway.createProject('Website');
}, 120_000);

afterAll(() => platform.stop(), 60_000);

describe('creating an API key', () => {
  it('answers the whole key once, and never again', async () => {
    const answer = await gateway.admin<CreatedApiKey>('POST', `/v1/projects/${project.id}/api-keys`, {
      note: '  GitHub Actions deploy ',
      expiresAt: '2030-06-01T12:00:00+02:00',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { key, ...apiKey } = answer.body;
    expect(key).toMatch(/^tlx_[0-9A-Za-z]{49}$/);
    expect(apiKey).toEqual({
      id: expect.stringMatching(UUID) as string,
      projectId: project.id,
      keyStart: key.slice(0, 8),
      note: 'GitHub Actions deploy',
      createdAt: expect.stringMatching(TIME) as string,
      createdBy: 'admin-token',
      expiresAt: '2030-06-01T10:00:00.000Z',
      status: 'active',
      lastUsedAt: null,
      usage: {
        verdict: 'never_used',
        last24h: 0,
        last7d: 0,
        last30d: 0,
        asOf: apiKey.usage.asOf,
        gap: null,
      },
      replacesKeyId: null,
      replacedByKeyId: null,
    });
    for (const path of ['', `/${apiKey.id}`]) {
      const again = await gateway.admin('GET', `/v1/projects/${project.id}/api-keys${path}`);
      expect(again.status).toBe(200);
      expect(JSON.stringify(again.body)).not.toContain(key.slice(8, 30));
    }
  });

  it('needs nothing: no body, no note, no expiry', async () => {
    const answer = await gateway.admin<CreatedApiKey>('POST', `/v1/projects/${project.id}/api-keys`);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ note: null, expiresAt: null });
  });
});

describe('using an API key', () => {
  let key: CreatedApiKey;
  beforeAll(async () => {
    key = await gateway.createKey(project.id, { note: 'in use' });
  });

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
    'is answered with the identity at /v1/auth, asked with %s',
    async (method) => {
      const answer = await gateway.send(method, '/v1/auth/any/path?x=1', {
        headers: {
          authorization: `bearer  ${key.key} `,
          'x-auth-project-id': 'spoofed',
          'x-request-id': 'abc.1',
        },
        ...(method === 'POST' ? { body: '{"not json' } : {}),
      });
      expect(answer.status).toBe(200);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'x-auth-project-id': project.id,
        'x-auth-key-id': key.id,
        'x-auth-key-expires-at': '',
        'cache-control': 'no-store',
        'x-request-id': 'abc.1',
      });
      expect(answer.body).toBeUndefined();
    },
  );

  it('is refused for another project than its own', async () => {
    expect((await gateway.auth(key.key, `?projectId=${project.id}`)).status).toBe(200);
    expect((await gateway.auth(key.key, `?projectId=${project.id.toUpperCase()}`)).status).toBe(200);
    for (const query of [`projectId=${randomUUID()}`, `projectId=`, `projectId=${project.id}&projectId=x`]) {
      const answer = await gateway.auth(key.key, `?${query}`);
      expect([answer.status, answer.body.code]).toEqual([403, 'wrong_project']);
    }
  });

  it('is verified one by one and in batches, in the order of the question', async () => {
    const expiring = await gateway.createKey(project.id, { expiresAt: '2030-01-01T00:00:00Z' });
    const valid = {
      valid: true,
      code: 'VALID',
      keyId: expiring.id,
      projectId: project.id,
      expiresAt: '2030-01-01T00:00:00.000Z',
    };
    expect((await gateway.verify({ key: expiring.key })).body).toEqual(valid);
    expect((await gateway.verify({ key: ` ${expiring.key}\n`, projectId: project.id })).body).toEqual(valid);
    expect((await gateway.verify({ key: expiring.key, projectId: randomUUID() })).body).toEqual({
      valid: false,
      code: 'WRONG_PROJECT',
    });
    const keys = [expiring.key, 'nonsense', key.key, mintKey(), expiring.key];
    const { results } = (await gateway.batchVerify({ keys })).body;
    expect(results.map(({ code }) => code)).toEqual(['VALID', 'MALFORMED', 'VALID', 'UNKNOWN', 'VALID']);
    expect(results[4]).toEqual(valid);
  });

  it('tells its holder whose it is', async () => {
    const soon = new Date(Date.now() + 3 * 86_400_000).toISOString();
    const { key: expiring, id } = await gateway.createKey(project.id, { note: 'mine', expiresAt: soon });
    const answer = await gateway.whoami(expiring);
    expect(answer.body).toEqual({
      projectId: project.id,
      projectName: 'Website',
      keyId: id,
      keyStart: expiring.slice(0, 8),
      note: 'mine',
      expiresAt: soon,
    });
    expect(answer.headers.get('x-api-key-expires-at')).toBe(soon);
    expect((await gateway.whoami(key.key)).headers.has('x-api-key-expires-at')).toBe(false);
  });

  it('is seen by the admin as last used, within seconds; looking at it is no use', async () => {
    const used = await gateway.createKey(project.id);
    const looked = await gateway.createKey(project.id);
    await gateway.whoami(looked.key);
    await gateway.auth(looked.key, `?projectId=${randomUUID()}`);
    const before = Date.now();
    await gateway.auth(used.key);
    const shown = await eventually(async () => {
      const { body } = await gateway.admin<ApiKey>('GET', `/v1/projects/${project.id}/api-keys/${used.id}`);
      expect(body.usage.verdict).toBe('in_use');
      return body;
    });
    expect(Date.parse(shown.lastUsedAt ?? '')).toBeGreaterThanOrEqual(before);
    expect(Date.parse(shown.lastUsedAt ?? '')).toBeLessThanOrEqual(Date.now());
    const { body } = await eventually(async () => {
      const answer = await gateway.admin<ApiKey>('GET', `/v1/projects/${project.id}/api-keys/${looked.id}`);
      // Only now has everything that was done before been counted.
      expect(Date.parse(answer.body.usage.asOf ?? '')).toBeGreaterThan(before);
      return answer;
    });
    expect(body.usage.verdict).toBe('never_used');
    expect(body.lastUsedAt).toBeNull();
  });

  it('ends at its expiry, not when the cache forgets it', async () => {
    const expiresAt = new Date(Date.now() + 2_000).toISOString();
    const { key: shortLived } = await gateway.createKey(project.id, { expiresAt });
    expect((await gateway.auth(shortLived)).status).toBe(200);
    await eventually(async () => expect((await gateway.auth(shortLived)).status).toBe(401));
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
    expect(Date.now()).toBeLessThan(Date.parse(expiresAt) + 1_000);
    expect((await gateway.auth(shortLived)).body.code).toBe('api_key_expired');
    expect((await gateway.verify({ key: shortLived })).body).toEqual({ valid: false, code: 'EXPIRED' });
  });
});

describe('deleting an API key', () => {
  it('refuses it on the very next call, through every door, though it was cached', async () => {
    for (let i = 0; i < 20; i += 1) {
      const key = await gateway.createKey(project.id);
      for (const door of [gateway, otherGateway]) expect((await door.auth(key.key)).status).toBe(200);
      const [deleter, asker] = i % 2 === 0 ? [gateway, otherGateway] : [otherGateway, gateway];
      expect((await deleter.deleteKey(key)).status).toBe(204);
      const refused = await asker.auth(key.key);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toMatch(
        /^Bearer realm="traylinx", error="invalid_token"/,
      );
      expect(refused.body.code).toBe('api_key_deleted');
    }
  });

  it('leaves nothing to be found, and says so when repeated', async () => {
    const key = await gateway.createKey(project.id);
    await gateway.deleteKey(key);
    const list = await gateway.admin<ListApiKeysResponse>(
      'GET',
      `/v1/projects/${project.id}/api-keys?limit=200`,
    );
    expect(list.body.data.map(({ id }) => id)).not.toContain(key.id);
    expect((await gateway.deleteKey(key)).body).toMatchObject({ status: 404, code: 'api_key_not_found' });
    expect((await gateway.whoami(key.key)).body.code).toBe('api_key_deleted');
    expect((await gateway.verify({ key: key.key })).body).toEqual({ valid: false, code: 'DELETED' });
  });
});

describe('deleting a key by holding it', () => {
  const deleteOwn = (door: GatewayClient, key: string) =>
    door.send<ProblemBody>('DELETE', '/v1/api-keys/self', { headers: { authorization: `Bearer ${key}` } });

  it('refuses it on the very next call, through every door, and is no use of it', async () => {
    const key = await gateway.createKey(project.id);
    expect((await gateway.auth(key.key)).status).toBe(200);
    expect((await deleteOwn(otherGateway, key.key)).status).toBe(204);
    for (const door of [gateway, otherGateway])
      expect((await door.auth(key.key)).body.code).toBe('api_key_deleted');
    expect((await gateway.deleteKey(key)).status).toBe(404);
  });

  it('is refused like any other call with a key that is not good', async () => {
    const key = await gateway.createKey(project.id);
    await gateway.deleteKey(key);
    const expiresAt = new Date(Date.now() + 1_000).toISOString();
    const expiring = await gateway.createKey(project.id, { expiresAt });
    await eventually(async () => expect((await gateway.auth(expiring.key)).status).toBe(401));
    const refusals = [
      ['api_key_malformed', 'nonsense'],
      ['api_key_unknown', mintKey()],
      ['api_key_deleted', key.key],
      ['api_key_expired', expiring.key],
    ] as const;
    for (const [code, text] of refusals) {
      const answer = await deleteOwn(gateway, text);
      expect([answer.status, answer.body.code]).toEqual([401, code]);
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
    const without = await gateway.send<ProblemBody>('DELETE', '/v1/api-keys/self');
    expect([without.status, without.body.code]).toEqual([401, 'api_key_missing']);
  });
});

describe('rotating an API key', () => {
  it('is: create a replacement, switch, delete; the old one works until it is deleted', async () => {
    const old = await gateway.createKey(project.id, { note: 'CI' });
    const replacement = await gateway.createKey(project.id, { replacesKeyId: old.id });
    expect(replacement).toMatchObject({ note: 'CI', replacesKeyId: old.id });
    for (const { key } of [old, replacement]) expect((await gateway.auth(key)).status).toBe(200);
    await gateway.deleteKey(old);
    expect((await gateway.auth(old.key)).status).toBe(401);
    expect((await gateway.auth(replacement.key)).status).toBe(200);
  });
});

describe('a project', () => {
  it('is created, found, renamed, and deleted when it is empty', async () => {
    const { id } = await gateway.createProject('Short-lived');
    const path = `/v1/projects/${id}`;
    expect((await gateway.admin<Project>('PATCH', path, { name: 'Renamed' })).body.name).toBe('Renamed');
    const found = await gateway.admin<ListProjectsResponse>('GET', '/v1/projects?q=rename');
    expect(found.body.data.map((one) => one.id)).toEqual([id]);
    const key = await gateway.createKey(id);
    expect((await gateway.admin<ProblemBody>('DELETE', path)).body.code).toBe('project_not_empty');
    await gateway.deleteKey(key);
    expect((await gateway.admin('DELETE', path)).status).toBe(204);
    for (const method of ['GET', 'DELETE']) {
      expect((await gateway.admin<ProblemBody>(method, path)).body.code).toBe('project_not_found');
    }
  });

  it('lists its keys page by page, each once', async () => {
    const { id } = await gateway.createProject('Many keys');
    const made = new Set<string>();
    for (let i = 0; i < 12; i += 1) made.add((await gateway.createKey(id, { note: `n ${String(i)}` })).id);
    const seen: string[] = [];
    let next = '';
    do {
      const path = `/v1/projects/${id}/api-keys?limit=5${next}`;
      const { data, nextCursor } = (await gateway.admin<ListApiKeysResponse>('GET', path)).body;
      seen.push(...data.map((one) => one.id));
      next = nextCursor === null ? '' : `&cursor=${nextCursor}`;
    } while (next !== '');
    expect(seen).toHaveLength(12);
    expect(new Set(seen)).toEqual(made);
  });
});
