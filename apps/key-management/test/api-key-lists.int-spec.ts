import type { ApiKey, ApiKeySort, ListAllApiKeysRequest, ListApiKeysResponse } from '#contracts';
import type { INestApplicationContext } from '@nestjs/common';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { ApiKeyLists } from '../src/api-keys/api-key-lists.js';
import { DeletionSweeper } from '../src/api-keys/deletion-sweeper.js';
import { createKey, createProject, NO_REDIS, startKeyManagement } from './key-management.js';

type Filters = Partial<Omit<ListAllApiKeysRequest, 'projectIds'>>;
/** One of the lists of keys: of a project, of all, of those that somebody may see. */
type List = (request: Filters & { limit: number }) => Promise<ListApiKeysResponse>;

const DAY_MS = 86_400_000;
const MAX_SORTED = 40;
/** Less than the keys of this file, so that searches stop on the way. */
const MAX_SCANNED = 10;

let database: TestDatabase;
let app: INestApplicationContext;
let lists: ApiKeyLists;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startKeyManagement({
    DATABASE_URL: database.keyManagementUrl,
    REDIS_URL: NO_REDIS,
    MAX_SCANNED_API_KEYS: String(MAX_SCANNED),
    MAX_SORTED_API_KEYS: String(MAX_SORTED),
  });
  // What is being deleted stays so.
  app.get(DeletionSweeper).onApplicationShutdown();
  lists = app.get(ApiKeyLists);
});

afterAll(() => app.close());

/** Every key of every page. */
async function readAll(
  list: List,
  request: Filters,
  onPage = async (): Promise<void> => {},
): Promise<ApiKey[]> {
  const seen: ApiKey[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit: 3, ...request, ...(cursor === undefined ? {} : { cursor }) });
    expect(page.data.length).toBeLessThanOrEqual(request.limit ?? 3);
    seen.push(...page.data);
    cursor = page.nextCursor ?? undefined;
    await onPage();
  } while (cursor !== undefined);
  return seen;
}

/** A key as the database could have it, whatever the services would let in. */
async function putKey(
  projectId: string,
  { createdDaysAgo = 0, expiresInDays, usedDaysAgo, ...more }: Partial<KeyToPut> = {},
): Promise<string> {
  const { id } = await createKey(app, projectId, { note: more.note ?? null });
  await asOwner(database.ownerUrl, async (sql) => {
    await sql.query(
      `UPDATE key_management.api_keys SET state = $2, created_at = now() - $3 * interval '1 day',
         expires_at = now() + $4 * interval '1 day' WHERE id = $1`,
      [id, more.state ?? 'active', createdDaysAgo, expiresInDays],
    );
    if (usedDaysAgo === undefined) return;
    const at = new Date(Date.now() - usedDaysAgo * DAY_MS);
    await sql.query('INSERT INTO usage_tracking.key_usage VALUES ($1, $2, $2)', [id, at]);
  });
  return id;
}

interface KeyToPut {
  note: string;
  state: 'active' | 'deleting' | 'deleted';
  createdDaysAgo: number;
  expiresInDays: number;
  usedDaysAgo: number;
}

describe('a list of API keys', () => {
  let projectId: string;
  /** By a name that says what they are. */
  const ids = new Map<string, string>();
  const kinds: Readonly<Record<string, Partial<KeyToPut>>> = {
    'new and unused': { note: 'Deploy', createdDaysAgo: 1 },
    'old and unused': { createdDaysAgo: 60 },
    'used today': { createdDaysAgo: 90, usedDaysAgo: 0.1 },
    'used a month ago': { createdDaysAgo: 91, usedDaysAgo: 31, note: 'deploy too' },
    'expires in a week': { createdDaysAgo: 3, expiresInDays: 7, usedDaysAgo: 2 },
    'expires in a year': { createdDaysAgo: 4, expiresInDays: 365, usedDaysAgo: 3 },
    'expired yesterday': { createdDaysAgo: 5, expiresInDays: -1, usedDaysAgo: 4 },
    'being deleted': { createdDaysAgo: 6, expiresInDays: -2, state: 'deleting', usedDaysAgo: 5 },
  };
  const nameOf = (apiKey: ApiKey): string => [...ids].find(([, id]) => id === apiKey.id)?.[0] ?? apiKey.id;

  beforeAll(async () => {
    projectId = await createProject(app);
    // Keys of others on all sides.
    const other = await createProject(app);
    for (const kind of Object.values(kinds)) await putKey(other, kind);
    for (const [name, kind] of Object.entries(kinds)) ids.set(name, await putKey(projectId, kind));
    await putKey(projectId, { ...kinds['expired yesterday'], state: 'deleting' }).then((id) =>
      asOwner(database.ownerUrl, (sql) =>
        sql.query(`UPDATE key_management.api_keys SET state = 'deleted' WHERE id = $1`, [id]),
      ),
    );
  });

  const ofProject: List = (request) => lists.ofProject({ projectId, ...request });
  const ofSome: List = (request) =>
    lists.ofAll({ projectIds: [projectId, projectId.toUpperCase()], ...request });
  /** Those of the project, among all: what there is besides must not keep them from being found. */
  const ofAll: List = async (request) => {
    const { data, nextCursor } = await lists.ofAll(request);
    return { data: data.filter((apiKey) => apiKey.projectId === projectId), nextCursor };
  };
  const EACH = [
    ['a project', ofProject],
    ['some projects', ofSome],
    ['all projects', ofAll],
  ] as const;

  describe.each(EACH)('of %s', (_which, list) => {
    it.each<[Filters, string[]]>([
      [{}, Object.keys(kinds)],
      [{ q: 'DEPLOY' }, ['new and unused', 'used a month ago']],
      [{ status: 'expired' }, ['expired yesterday']],
      [{ status: 'deleting' }, ['being deleted']],
      [{ status: 'active', neverUsed: true }, ['new and unused', 'old and unused']],
      [{ expiresWithinDays: 7 }, ['expires in a week']],
      [{ expiresWithinDays: 6 }, []],
      [{ expiresWithinDays: 366 }, ['expires in a week', 'expires in a year']],
      [{ expiresWithinDays: 366, status: 'expired' }, []],
      [{ neverUsed: true }, ['new and unused', 'old and unused']],
      [{ unusedForDays: 30 }, ['old and unused', 'used a month ago']],
      [{ unusedForDays: 30, neverUsed: true }, ['old and unused']],
      [{ unusedForDays: 30, q: 'deploy' }, ['used a month ago']],
    ])('has with %j: %j', async (filters, names) => {
      expect((await readAll(list, filters)).map(nameOf).sort()).toEqual([...names].sort());
    });

    it.each<[ApiKeySort, string[]]>([
      ['createdAt', ['used a month ago', 'used today', 'old and unused', 'being deleted']],
      ['-createdAt', ['new and unused', 'expires in a week', 'expires in a year', 'expired yesterday']],
      ['lastUsedAt', ['used a month ago', 'being deleted', 'expired yesterday', 'expires in a year']],
      ['-lastUsedAt', ['used today', 'expires in a week', 'expires in a year', 'expired yesterday']],
      ['expiresAt', ['being deleted', 'expired yesterday', 'expires in a week', 'expires in a year']],
      ['-expiresAt', ['expires in a year', 'expires in a week', 'expired yesterday', 'being deleted']],
    ])('begins by %s with %j', async (sort, names) => {
      const all = (await readAll(list, { sort })).map(nameOf);
      expect(all.slice(0, 4)).toEqual(names);
      expect(new Set(all)).toEqual(new Set(Object.keys(kinds)));
      expect(all).toHaveLength(ids.size);
    });

    it.each(['lastUsedAt', '-lastUsedAt'] as const)(
      'has keys that were never used last by %s',
      async (sort) => {
        const all = (await readAll(list, { sort })).map(nameOf);
        expect(new Set(all.slice(-2))).toEqual(new Set(['new and unused', 'old and unused']));
      },
    );

    it('refuses a cursor that belongs to another sort, other filters, or nowhere', async () => {
      const cursorOf = async (request: Filters): Promise<string> => {
        const { nextCursor } = await list({ limit: 1, ...request });
        return nextCursor ?? 'none';
      };
      const own = await cursorOf({});
      expect(await cursorOf({ sort: '-createdAt' })).toBe(own);
      await expect(list({ limit: 5, cursor: own })).resolves.toBeDefined();
      const foreign: [Filters, string][] = [
        [{ sort: 'createdAt', cursor: own }, 'another sort'],
        [{ unusedForDays: 1, cursor: own }, 'other filters'],
        [{ cursor: await cursorOf({ sort: 'expiresAt' }) }, 'another sort'],
        [{ cursor: own.slice(0, -4) }, 'nextCursor'],
        [{ cursor: `${own.slice(0, 12)}AAAA` }, 'nextCursor'],
        [{ cursor: '' }, 'nextCursor'],
      ];
      for (const [request, message] of foreign) {
        await expect(list({ limit: 5, ...request })).rejects.toMatchObject({
          code: 'INVALID_REQUEST',
          fieldErrors: [{ pointer: '/cursor', message: expect.stringContaining(message) as string }],
        });
      }
    });
  });

  it('of a project refuses the cursor of another project, and of all projects', async () => {
    const other = await createProject(app);
    await createKey(app, other);
    await createKey(app, other);
    const ofOther = await lists.ofProject({ projectId: other, limit: 1 });
    const all = await lists.ofAll({ limit: 1 });
    for (const { nextCursor } of [ofOther, all]) {
      await expect(ofProject({ limit: 1, cursor: nextCursor ?? '' })).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
      });
    }
  });

  it('of some projects has nothing of others, and of none nothing at all', async () => {
    const seen = await readAll(ofSome, {});
    expect(new Set(seen.map((apiKey) => apiKey.projectId))).toEqual(new Set([projectId]));
    expect(await lists.ofAll({ projectIds: [], limit: 1 })).toEqual({ data: [], nextCursor: null });
    expect(await lists.ofAll({ projectIds: [randomUUID()], limit: 1 })).toEqual({
      data: [],
      nextCursor: null,
    });
  });

  it('of all projects that is searched for what is rare goes on from page to page until it is found', async () => {
    const rare = await putKey(projectId, { note: 'a needle', createdDaysAgo: 1_000 });
    const pages: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await lists.ofAll({ limit: 3, q: 'needle', ...(cursor === undefined ? {} : { cursor }) });
      pages.push(page.data.length);
      cursor = page.nextCursor ?? undefined;
      if (cursor === undefined) expect(page.data.map(({ id }) => id)).toEqual([rare]);
    } while (cursor !== undefined);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.slice(0, -1).every((length) => length === 0)).toBe(true);
    await asOwner(database.ownerUrl, (sql) =>
      sql.query(`UPDATE key_management.api_keys SET state = 'deleting' WHERE id = $1`, [rare]),
    );
  });
});

describe('while keys are being created and deleted', () => {
  const STEADY: readonly ApiKeySort[] = ['createdAt', '-createdAt', 'expiresAt', '-expiresAt'];
  const expiries = fc.option(fc.constantFrom(10, 20, 30), { nil: undefined });
  const anyStory = fc.record({
    sort: fc.constantFrom(...STEADY),
    limit: fc.integer({ min: 1, max: 4 }),
    of: fc.constantFrom('a project', 'some projects', 'all projects, searched'),
    /** Expiries of what is there at the beginning; many are equal. */
    before: fc.array(expiries, { minLength: 1, maxLength: 9 }),
    /** What is done after each page: an expiry makes a key, a number deletes one of those that were there. */
    changes: fc.array(fc.oneof(fc.record({ make: expiries }), fc.record({ remove: fc.nat(8) })), {
      maxLength: 8,
    }),
  });
  const inDays = (days: number | undefined): { expiresAt?: string } =>
    days === undefined ? {} : { expiresAt: `2035-01-${String(days)}T00:00:00.000Z` };

  it('every key that was there all the time is on one page exactly, and none is on two', async () => {
    await fc.assert(
      fc.asyncProperty(anyStory, async ({ sort, limit, of, before, changes }) => {
        const projectId = await createProject(app);
        const options = (days: number | undefined): object => ({ note: projectId, ...inDays(days) });
        const present: string[] = [];
        for (const days of before) present.push((await createKey(app, projectId, options(days))).id);
        const removed = new Set<string>();
        const todo = [...changes];
        const list: List = (request) => {
          if (of === 'a project') return lists.ofProject({ ...request, projectId });
          return lists.ofAll(
            of === 'some projects' ? { ...request, projectIds: [projectId] } : { ...request, q: projectId },
          );
        };
        const seen = await readAll(list, { sort, limit }, async () => {
          const change = todo.shift();
          if (change === undefined) return;
          if ('make' in change) await createKey(app, projectId, options(change.make));
          else await remove(projectId, present[change.remove], removed);
        });
        const seenIds = seen.map(({ id }) => id);
        expect(new Set(seenIds).size).toBe(seenIds.length);
        expect(seenIds).toEqual(expect.arrayContaining(present.filter((id) => !removed.has(id))));
        // The next story shall not have to search through this one.
        for (const id of present) await remove(projectId, id, removed);
      }),
      { numRuns: 45 },
    );
  }, 300_000);

  /** As the protocol leaves it in the end; the waiting in it is not what this is about. */
  async function remove(projectId: string, id: string | undefined, removed: Set<string>): Promise<void> {
    if (id === undefined || removed.has(id)) return;
    removed.add(id);
    await asOwner(database.ownerUrl, async (sql) => {
      for (const state of ['deleting', 'deleted']) {
        await sql.query('UPDATE key_management.api_keys SET state = $3 WHERE id = $1 AND project_id = $2', [
          id,
          projectId,
          state,
        ]);
      }
    });
  }
});

it('by last use across projects is refused when there are more keys than can be sorted, and says what helps', async () => {
  const projectId = await createProject(app);
  for (let i = 0; i <= MAX_SORTED; i += 1) await createKey(app, projectId);
  const list = (projectIds?: string[]): Promise<unknown> =>
    lists.ofAll({ limit: 1, sort: '-lastUsedAt', ...(projectIds === undefined ? {} : { projectIds }) });
  for (const projectIds of [undefined, [projectId, randomUUID()]]) {
    await expect(list(projectIds)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      fieldErrors: [{ pointer: '/sort', message: expect.stringContaining('unusedForDays') as string }],
    });
  }
  await expect(list([randomUUID()])).resolves.toBeDefined();
  await expect(lists.ofProject({ projectId, limit: 1, sort: '-lastUsedAt' })).resolves.toBeDefined();
});
