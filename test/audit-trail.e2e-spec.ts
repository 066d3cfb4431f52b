import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AuditEvent, ListAuditEventsResponse } from '#contracts';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { asOwner } from './support/database.js';
import { eventually } from './support/eventually.js';
import { type Answer, GatewayClient, type ProblemBody } from './support/gateway-client.js';

/** More than fits into the buffers between two processes, so that an export has to wait for its reader. */
const MANY_EVENTS = 100_000;
const MANY = 'a busy robot';

/** Kinds of denials that the second gateway tells apart. */
const KINDS = 3;

let platform: Awaited<ReturnType<typeof startPlatform>>;
let gateway: GatewayClient;

beforeAll(async () => {
  platform = await startPlatform({
    dir: temporaryDirectory('audit-trail'),
    replicas: { gateway: 2 },
    env: {
      'gateway-2': { MAX_AUDITED_DENIALS: String(KINDS), MAX_FAILED_CREDENTIALS_PER_MINUTE: '0' },
    },
  });
  gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
}, 120_000);

afterAll(() => platform.stop(), 60_000);

function list<T = ListAuditEventsResponse>(query = ''): Promise<Answer<T>> {
  return gateway.admin<T>('GET', `/v1/audit-events?${query}`);
}

function exported(query = '', signal?: AbortSignal): Promise<Response> {
  return fetch(`${gateway.url}/v1/audit-events/export?${query}`, {
    headers: { authorization: `Bearer ${gateway.adminToken}` },
    ...(signal === undefined ? {} : { signal }),
  });
}

async function recordMany(): Promise<void> {
  await asOwner(platform.databaseUrl, (sql) =>
    sql.query(
      `INSERT INTO key_management.audit_events (id, occurred_at, actor, action, detail)
       SELECT gen_random_uuid(), now() - n * interval '1 ms', $1, 'access.denied', repeat('x', 200)
         FROM generate_series(1, $2::int) n ON CONFLICT DO NOTHING`,
      [MANY, MANY_EVENTS],
    ),
  );
}

type Service = (typeof platform)['services'][number];

function serviceNamed(name: string, replica = 1): Service {
  const service = platform.services.find((each) => each.name === name && each.replica === replica);
  if (service === undefined) throw new Error(`There is no ${name}`);
  return service;
}

/** 0 when it is not there. @param sample its name, and its labels as far as they matter */
async function metric(service: Service, sample: RegExp): Promise<number> {
  const metrics = await (await fetch(`${service.operationsUrl}/metrics`)).text();
  const [, value] = new RegExp(`^${sample.source} (\\d+)`, 'm').exec(metrics) ?? [];
  return Number(value ?? 0);
}

/** Pages of events that the gateway has asked for since it started. */
function pagesRead(): Promise<number> {
  return metric(serviceNamed('gateway'), /bus_request_seconds_count\{subject="req\.audit\.v1\.list".*?\}/);
}

describe('the audit trail', () => {
  let projectId: string;
  let events: AuditEvent[];

  beforeAll(async () => {
    projectId = (await gateway.createProject('Audited')).id;
    const keys = `/v1/projects/${projectId}/api-keys`;
    const key = await gateway.createKey(projectId);
    await gateway.send('PATCH', `${keys}/${key.id}`, {
      headers: {
        authorization: `Bearer ${gateway.adminToken}`,
        'content-type': 'application/json',
        'x-request-id': 'the-change-of-the-note',
      },
      body: '{"note": "x"}',
    });
    const leaked = await gateway.createKey(projectId);
    const authorization = `Bearer ${leaked.key}`;
    await gateway.send('DELETE', '/v1/api-keys/self', { headers: { authorization } });
    await gateway.deleteKey(key);
    await gateway.admin('PATCH', `/v1/projects/${projectId}`, { name: 'Renamed' });
    await gateway.admin('DELETE', `/v1/projects/${projectId}`);
    events = (await list(`projectId=${projectId}`)).body.data;
  });

  it('has every change, newest first, with who made it, from where, and in which request', () => {
    expect(events.map(({ action, actor }) => `${actor}: ${action}`)).toEqual([
      'admin-token: project.deleted',
      'admin-token: project.renamed',
      'admin-token: api-key.deleted',
      'self: api-key.deleted',
      'admin-token: api-key.created',
      'admin-token: api-key.note-changed',
      'admin-token: api-key.created',
      'admin-token: project.created',
    ]);
    for (const event of events) {
      expect(event).toMatchObject({ projectId, sourceAddress: '127.0.0.1', count: 1 });
      expect(event.requestId).toEqual(expect.any(String));
    }
    const [change] = events.filter(({ action }) => action === 'api-key.note-changed');
    expect(change?.requestId).toBe('the-change-of-the-note');
  });

  it('tells all that was done to one key', async () => {
    const keyId = events.find(({ action }) => action === 'api-key.note-changed')?.targetId ?? '';
    const ofKey = events.filter(({ targetId }) => targetId === keyId);
    expect(ofKey.map(({ action }) => action)).toEqual([
      'api-key.deleted',
      'api-key.note-changed',
      'api-key.created',
    ]);
    expect((await list(`targetId=${keyId}`)).body.data).toEqual(ofKey);
  });

  it('is filtered by action and time, in whatever offset the time is written', async () => {
    const deleted = await list(`projectId=${projectId}&action=api-key.deleted&actor=self`);
    expect(deleted.body.data).toHaveLength(1);
    const second = events[1]?.occurredAt ?? '';
    const shifted = new Date(Date.parse(second) + 3_600_000).toJSON().replace('Z', '+01:00');
    const since = await list(`projectId=${projectId}&from=${encodeURIComponent(shifted)}`);
    expect(since.body.data.map(({ id }) => id)).toEqual(events.slice(0, 2).map(({ id }) => id));
    const before = await list(`projectId=${projectId}&to=${second}`);
    expect(before.body.data).not.toContainEqual(events[1]);
  });

  it.each([
    ['from=2026-11-23', '/from', 'offset'],
    ['to=2026-02-30T00:00:00Z', '/to', 'offset'],
    ['from=2026-11-23T00:00:00+01:00', '/from', '%2B'],
    ['action=api-key.revoked', '/action', 'one of the following'],
    ['projectId=1', '/projectId', 'UUID'],
    ['targetId=1', '/targetId', 'UUID'],
    ['limit=201', '/limit', '200'],
    ['cursor=x', '/cursor', 'nextCursor'],
    ['q=x', '/q', 'should not exist'],
  ])('refuses ?%s, and says why', async (query, pointer, reason) => {
    const { status, body } = await list<ProblemBody>(query);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors).toEqual([{ pointer, message: expect.stringContaining(reason) as string }]);
  });
});

describe('an export', () => {
  it('has the events of the list, one on each line', async () => {
    const actor = `exporter ${randomUUID()}`;
    await asOwner(platform.databaseUrl, (sql) =>
      sql.query(
        `INSERT INTO key_management.audit_events (id, occurred_at, actor, action)
         SELECT gen_random_uuid(), now(), $1, 'access.denied' FROM generate_series(1, 450)`,
        [actor],
      ),
    );
    const answer = await exported(`actor=${encodeURIComponent(actor)}`);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    const lines = (await answer.text()).trimEnd().split('\n');
    expect(lines).toHaveLength(450);
    const page = await list(`limit=200&actor=${encodeURIComponent(actor)}`);
    expect(lines.slice(0, 200).map((line) => JSON.parse(line) as unknown)).toEqual(page.body.data);
  });

  it('of nothing is empty, and has no pages', async () => {
    expect(await (await exported(`actor=${randomUUID()}`)).text()).toBe('');
    expect((await exported('limit=10')).status).toBe(400);
  });

  it('reads on only as fast as it is taken', async () => {
    await recordMany();
    const before = await pagesRead();
    const stop = new AbortController();
    const answer = await exported(`actor=${encodeURIComponent(MANY)}`, stop.signal);
    const reader = answer.body?.getReader();
    await reader?.read();
    // Whoever did not wait for the reader would be through by the time that this list is answered.
    for (let i = 0; i < 50; i += 1) await list('limit=200');
    const read = (await pagesRead()) - before - 50;
    stop.abort();
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(MANY_EVENTS / 200 / 2);
  });

  it('that cannot be completed is cut, so that nobody takes a part for the whole', async () => {
    await recordMany();
    const answer = await exported(`actor=${encodeURIComponent(MANY)}`);
    expect(answer.status).toBe(200);
    const service = serviceNamed('key-management');
    await service.kill('SIGKILL');
    await expect(answer.text()).rejects.toThrow();
    await service.start();
  });
});

describe('while key-management is away', () => {
  const DENIALS = 60;
  const WAITING = /audit_events_waiting/;
  const second = (): Service => serviceNamed('gateway', 2);
  const denied = async (from: string): Promise<number> => {
    const { body } = await list(`action=access.denied&limit=200&from=${from}`);
    return body.data.reduce((sum, { count }) => sum + count, 0);
  };

  /** Of more kinds than are told apart. */
  async function denyMany(): Promise<void> {
    const paths = [
      'me',
      'projects',
      'api-keys',
      'audit-events',
      'audit-events/export',
      `projects/${randomUUID()}`,
    ];
    for (let i = 0; i < DENIALS; i += 1) {
      const answer = await fetch(`${platform.gatewayUrls[1] ?? ''}/v1/${paths[i % paths.length] ?? ''}`, {
        headers: { authorization: 'Bearer of nothing' },
      });
      expect(answer.status).toBe(401);
    }
  }

  it('denials are kept, few and counted to the last one; recorded when it is back, and when the gateway stops', async () => {
    const from = new Date().toJSON();
    await serviceNamed('key-management').kill('SIGKILL');
    await denyMany();
    expect(await metric(second(), WAITING)).toBe(KINDS + 1);
    await serviceNamed('key-management').start();
    await eventually(async () => {
      expect(await metric(second(), WAITING)).toBe(0);
    });
    expect(await denied(from)).toBe(KINDS + 1);
    // Before the minute is over in which the others are summed up.
    await second().stop();
    expect(await denied(from)).toBe(DENIALS);
    await second().start();
  });

  it('nobody is signed in whom the trail would not know, and who signs out is out, and is recorded later', async () => {
    const door = new GatewayClient(platform.gatewayUrls[1] ?? '', platform.adminToken);
    const signIn = (): Promise<Answer> =>
      door.send('POST', '/v1/session', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ adminToken: platform.adminToken }),
      });
    const cookie = (await signIn()).headers.get('set-cookie')?.split(';', 1)[0] ?? '';
    const me = await door.send<{ csrfToken: string }>('GET', '/v1/me', { headers: { cookie } });
    const from = new Date().toJSON();
    await serviceNamed('key-management').kill('SIGKILL');
    const refused = await signIn();
    expect([refused.status, refused.headers.has('set-cookie')]).toEqual([503, false]);
    const headers = { cookie, origin: new URL(door.url).origin, 'x-csrf-token': me.body.csrfToken };
    expect((await door.send('DELETE', '/v1/session', { headers })).status).toBe(204);
    expect((await door.send('GET', '/v1/me', { headers: { cookie } })).status).toBe(401);
    await serviceNamed('key-management').start();
    await eventually(async () => {
      const { data } = (await list(`from=${from}`)).body;
      expect(data.filter(({ action }) => action.startsWith('session.')).map(({ action }) => action)).toEqual([
        'session.signed-out',
      ]);
    });
  });

  it('and until a gateway has stopped, it says how many are lost', async () => {
    await serviceNamed('key-management').kill('SIGKILL');
    await denyMany();
    await second().stop();
    const log = readFileSync(second().logFile, 'utf8').trimEnd().split('\n');
    const lines = log.map((line) => JSON.parse(line) as { msg: string; events?: number });
    expect(lines.find(({ msg }) => msg.startsWith('Events are missing'))?.events).toBe(DENIALS);
    await serviceNamed('key-management').start();
    await second().start();
  });
});
