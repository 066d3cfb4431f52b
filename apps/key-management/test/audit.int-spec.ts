import { hashKey, mintKey } from '#api-key';
import type { AuditEvent, ListAuditEventsRequest, RecordAuditEventRequest } from '#contracts';
import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { ApiKeysService } from '../src/api-keys/api-keys.service.js';
import { type AuditFilters, auditPageSql } from '../src/audit/audit-page-query.js';
import { AuditService } from '../src/audit/audit.service.js';
import { ProjectsService } from '../src/projects/projects.service.js';
import { BY, code, createKey, createProject, NO_REDIS, startKeyManagement } from './key-management.js';

let database: TestDatabase;
let app: INestApplicationContext;
let audit: AuditService;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startKeyManagement({
    DATABASE_URL: database.keyManagementUrl,
    REDIS_URL: NO_REDIS,
  });
  audit = app.get(AuditService);
});

afterAll(() => app.close());

async function record(event: Partial<RecordAuditEventRequest> = {}): Promise<RecordAuditEventRequest> {
  const request: RecordAuditEventRequest = {
    eventId: randomUUID(),
    occurredAt: new Date().toISOString(),
    actor: 'Ada Lovelace (248289)',
    sourceAddress: '2001:db8::1',
    action: 'session.signed-in',
    ...event,
  };
  await audit.record(request);
  return request;
}

async function list(filters: Partial<ListAuditEventsRequest> = {}): Promise<AuditEvent[]> {
  return (await audit.list({ limit: 200, ...filters })).data;
}

const ids = (events: readonly { id: string }[]): string[] => events.map(({ id }) => id);

describe('what the gateway records', () => {
  it('comes back as it was, newest first', async () => {
    const actor = `someone ${randomUUID()}`;
    const first = await record({ actor, occurredAt: '2026-01-01T00:00:00.000Z' });
    const second = await record({
      actor,
      action: 'access.denied',
      projectId: randomUUID(),
      targetId: randomUUID(),
      detail: 'GET /v1/projects/:projectId',
      count: 17,
    });
    const { eventId, ...rest } = second;
    expect(await list({ actor })).toEqual([
      { id: eventId, ...rest, requestId: null },
      {
        id: first.eventId,
        occurredAt: '2026-01-01T00:00:00.000Z',
        actor,
        action: 'session.signed-in',
        projectId: null,
        targetId: null,
        requestId: null,
        sourceAddress: '2001:db8::1',
        detail: null,
        count: 1,
      },
    ]);
  });

  it('is recorded once, however often it is sent, and as it was the first time', async () => {
    const event = await record();
    await record({ ...event, actor: 'somebody else' });
    const found = (await list()).filter(({ id }) => id === event.eventId);
    expect(found.map(({ actor }) => actor)).toEqual([event.actor]);
  });

  it('is not in the future, whatever the clock of the gateway says', async () => {
    const event = await record({ actor: `early ${randomUUID()}`, occurredAt: '2101-01-01T00:00:00.000Z' });
    const [found] = await list({ actor: event.actor });
    expect(Date.parse(found?.occurredAt ?? '')).toBeLessThanOrEqual(Date.now());
  });
});

describe('the list of events', () => {
  it('can be restricted by each filter, and by all of them together', async () => {
    const [projectId, targetId, actor] = [randomUUID(), randomUUID(), `filtered ${randomUUID()}`];
    const common = { projectId, targetId, actor, occurredAt: '2026-02-02T00:00:00.000Z' } as const;
    const wanted = await record({ ...common, action: 'access.denied' });
    const others = {
      projectId: await record({ ...common, action: 'access.denied', projectId: randomUUID() }),
      targetId: await record({ ...common, action: 'access.denied', targetId: randomUUID() }),
      actor: await record({ ...common, action: 'access.denied', actor: 'Ada Lovelace (248289)' }),
      action: await record({ ...common, action: 'session.signed-out' }),
      from: await record({ ...common, action: 'access.denied', occurredAt: '2026-02-01T23:59:59.999Z' }),
      to: await record({ ...common, action: 'access.denied', occurredAt: '2026-02-02T00:00:00.001Z' }),
    };
    const filters = {
      projectId,
      targetId,
      actor,
      action: 'access.denied',
      from: '2026-02-02T00:00:00.000Z',
      to: '2026-02-02T00:00:00.001Z',
    } as const;
    expect(ids(await list(filters))).toEqual([wanted.eventId]);
    for (const [name, other] of Object.entries(others)) {
      const rest = { ...filters, [name]: undefined };
      expect(ids(await list(rest)).sort()).toEqual([wanted.eventId, other.eventId].sort());
    }
  });

  it('has for those who are limited to projects nothing of others, and nothing without a project', async () => {
    const [mine, other] = [await createProject(app), await createProject(app)];
    await createKey(app, other);
    const key = await createKey(app, mine);
    await record();
    const seen = await list({ projectIds: [mine] });
    expect(seen.map(({ action, targetId }) => [action, targetId])).toEqual([
      ['api-key.created', key.id],
      ['project.created', mine],
    ]);
    expect(await list({ projectIds: [mine, mine.toUpperCase()] })).toEqual(seen);
    expect(await list({ projectIds: [mine, other], projectId: mine })).toEqual(seen);
    expect(await list({ projectIds: [mine], projectId: other })).toEqual([]);
    expect(await list({ projectIds: [] })).toEqual([]);
  });

  it('is read page by page, each event once, while others are being recorded', async () => {
    const actor = `paged ${randomUUID()}`;
    const recorded = new Set<string>();
    // Many in one millisecond.
    for (let i = 0; i < 25; i += 1) {
      recorded.add((await record({ actor, occurredAt: `2026-03-03T00:00:00.00${String(i % 3)}Z` })).eventId);
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await audit.list({ limit: 4, actor, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...ids(page.data));
      cursor = page.nextCursor ?? undefined;
      await record({ actor });
    } while (cursor !== undefined);
    expect(seen).toHaveLength(25);
    expect(new Set(seen)).toEqual(recorded);
  });

  it('refuses the cursor of a list with other filters', async () => {
    const { nextCursor } = await audit.list({ limit: 1 });
    const work = audit.list({ limit: 1, action: 'access.denied', cursor: String(nextCursor) });
    await expect(work).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      fieldErrors: [{ pointer: '/cursor', message: expect.stringContaining('other filters') as string }],
    });
  });
});

describe('a page of 10 among 20,000 events', () => {
  const projects = Array.from({ length: 20 }, () => randomUUID());
  const [old = '', other = ''] = projects;
  const [actor, targetId] = [`seldom ${randomUUID()}`, randomUUID()];
  const rare = { projectId: old, actor, targetId, action: 'session.signed-out' } as const;

  beforeAll(() =>
    asOwner(database.ownerUrl, async (sql) => {
      // What is looked for is the oldest. The first thousand are of one project: so many that PostgreSQL could hope to
      // meet some soon on its way through all events.
      await sql.query(
        `INSERT INTO key_management.audit_events (id, occurred_at, actor, action, project_id, target_id)
         SELECT gen_random_uuid(), $1::timestamptz + n * interval '1 s',
           CASE WHEN n <= 5 THEN $2 ELSE 'busy' END, CASE WHEN n <= 5 THEN $3 ELSE 'access.denied' END,
           ($4::uuid[])[1 + (n - 1) / 1000], CASE WHEN n <= 5 THEN $5::uuid ELSE gen_random_uuid() END
         FROM generate_series(1, 20000) n`,
        ['2025-01-01T00:00:00.000Z', actor, rare.action, projects, targetId],
      );
      await sql.query('ANALYZE key_management.audit_events');
    }),
  );

  it.each<[string, AuditFilters, string[] | undefined]>([
    ['of all', {}, undefined],
    ['of a project', { projectId: old }, undefined],
    ['of a key', { targetId }, undefined],
    ['of an actor', { actor }, undefined],
    ['of an action', { action: rare.action }, undefined],
    ['of a span of time', { from: '2025-01-01T00:00:00.000Z', to: '2025-01-01T00:00:06.000Z' }, undefined],
    ['with all filters', rare, undefined],
    ['for somebody who sees a project', {}, [old]],
    ['for somebody who sees projects without events', {}, [randomUUID(), randomUUID()]],
    ['of an actor for somebody who sees a project', { actor }, [old]],
    ['of a project for somebody who sees two', { projectId: old }, [old, other]],
  ])('%s looks at few of them', async (_what, filters, projectIds) => {
    const { text, values } = auditPageSql({ filters, projectIds, position: undefined, rows: 11 });
    const plan = await asOwner(database.ownerUrl, (sql) =>
      sql.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values),
    );
    expect(rowsLookedAt(plan.rows[0]?.['QUERY PLAN'][0].Plan)).toBeLessThan(100);
  });
});

interface PlanNode {
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** In the table itself. */
function rowsLookedAt(node: PlanNode | undefined): number {
  if (node === undefined) throw new Error('There is no plan');
  const { Plans: plans = [], 'Actual Rows': rows, 'Actual Loops': loops } = node;
  const inTable =
    node['Relation Name'] === undefined ? 0 : (rows + (node['Rows Removed by Filter'] ?? 0)) * loops;
  return plans.reduce((sum, plan) => sum + rowsLookedAt(plan), inTable);
}

describe('each change', () => {
  it('is an event with who made it, and with what people recognize it by; what failed is none', async () => {
    const projectId = await createProject(app, 'Website');
    const { id: keyId, keyStart } = await createKey(app, projectId, { note: 'CI' });
    const change = { projectId, keyId, ...BY };
    await app.get(ApiKeysService).changeNote({ ...change, note: null, actor: 'Ada (248289)' });
    await app.get(ApiKeysService).changeNote({ ...change, note: 'Deploy' });
    await code(app.get(ApiKeysService).changeNote({ ...change, keyId: randomUUID(), note: 'x' }));
    await app.get(ProjectsService).rename({ projectId, name: 'Shop', ...BY });
    await code(app.get(ProjectsService).delete({ projectId, ...BY }));
    const events = await list({ projectId });
    expect(events.map(({ actor, action, targetId, detail }) => [actor, action, targetId, detail])).toEqual([
      ['admin-token', 'project.renamed', projectId, 'Website → Shop'],
      ['admin-token', 'api-key.note-changed', keyId, `${keyStart} (no note) → Deploy`],
      ['Ada (248289)', 'api-key.note-changed', keyId, `${keyStart} CI → (no note)`],
      ['admin-token', 'api-key.created', keyId, `${keyStart} CI`],
      ['admin-token', 'project.created', projectId, 'Website'],
    ]);
  });
});

describe('a look-up', () => {
  it('tells whose the key is, whatever its state, and is an event', async () => {
    const projectId = await createProject(app);
    const { id: keyId, keyStart, keyHash } = await createKey(app, projectId, { note: 'leaked' });
    const lookup = async (): Promise<string> => {
      const { status, ...address } = await app.get(ApiKeysService).lookup({ keyHash, ...BY });
      expect(address).toEqual({ projectId, keyId, keyStart });
      return status;
    };
    const set = (change: string): Promise<unknown> =>
      asOwner(database.ownerUrl, (sql) =>
        sql.query(`UPDATE key_management.api_keys SET ${change} WHERE id = $1`, [keyId]),
      );
    expect(await lookup()).toBe('active');
    await set('expires_at = now()');
    expect(await lookup()).toBe('expired');
    await set(`state = 'deleting'`);
    expect(await lookup()).toBe('deleting');
    await set(`state = 'deleted'`);
    expect(await lookup()).toBe('deleted');
    const events = await list({ projectId, action: 'api-key.looked-up' });
    expect(events).toHaveLength(4);
    expect(events[0]).toMatchObject({ targetId: keyId, detail: `${keyStart} leaked` });
  });

  it('of a key that is not there, or not for the asker to see, fails the same way, and is an event as well', async () => {
    const actor = `curious ${randomUUID()}`;
    const { keyHash } = await createKey(app, await createProject(app));
    const by = { ...BY, actor };
    const lookups = [
      { keyHash: hashKey(mintKey()), ...by },
      { keyHash, projectIds: [], ...by },
      { keyHash, projectIds: [randomUUID()], ...by },
    ];
    for (const request of lookups) {
      expect(await code(app.get(ApiKeysService).lookup(request))).toBe('API_KEY_NOT_FOUND');
    }
    const events = await list({ actor });
    expect(events).toHaveLength(3);
    for (const event of events) {
      expect(event).toMatchObject({ action: 'api-key.looked-up', projectId: null, targetId: null });
    }
  });
});

describe('the role of the service', () => {
  it.each([
    `UPDATE key_management.audit_events SET actor = 'nobody'`,
    'UPDATE key_management.audit_events SET count = 0',
    'DELETE FROM key_management.audit_events',
    'TRUNCATE key_management.audit_events',
    'DROP TABLE key_management.audit_events',
    'INSERT INTO key_management.audit_events SELECT * FROM key_management.audit_events ON CONFLICT (id) DO UPDATE SET actor = excluded.actor',
  ])('can add events and never change one: %s', async (statement) => {
    await record();
    await expect(asOwner(database.keyManagementUrl, (sql) => sql.query(statement))).rejects.toThrow(
      /permission denied|must be owner/,
    );
  });
});
