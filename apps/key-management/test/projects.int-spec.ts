import type { INestApplicationContext } from '@nestjs/common';
import {
  asOwner,
  createTestDatabase,
  migrateAgain,
  type TestDatabase,
} from '../../../test/support/database.js';
import { ApiKeyLists } from '../src/api-keys/api-key-lists.js';
import { ProjectsService } from '../src/projects/projects.service.js';
import { AuditService } from '../src/audit/audit.service.js';
import { BY, code, createKey, createProject, NO_REDIS, startKeyManagement } from './key-management.js';

let database: TestDatabase;
let app: INestApplicationContext;
let lists: ApiKeyLists;
let projects: ProjectsService;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startKeyManagement({
    DATABASE_URL: database.keyManagementUrl,
    REDIS_URL: NO_REDIS,
  });
  lists = app.get(ApiKeyLists);
  projects = app.get(ProjectsService);
});

afterAll(() => app.close());

describe('a new installation', () => {
  it('has a project to begin with, which comes back neither renamed nor deleted when it is migrated again', async () => {
    const names = async (): Promise<string[]> =>
      (await projects.list({ limit: 200 })).data.map(({ name }) => name);
    expect(await names()).toEqual(['Default']);
    const [first] = (await projects.list({ limit: 1 })).data;
    await projects.delete({ projectId: first?.id ?? '', ...BY });
    await migrateAgain(database.ownerUrl);
    expect(await names()).toEqual([]);
    const { data } = await app.get(AuditService).list({ limit: 200, projectId: first?.id ?? '' });
    expect(data.map(({ actor, action, detail }) => [actor, action, detail])).toEqual([
      ['admin-token', 'project.deleted', 'Default'],
      ['installation', 'project.created', 'Default'],
    ]);
  });

  it('that had projects before gets no other one', async () => {
    await createProject(app, 'Older than the migration');
    const forget = `DELETE FROM key_management.migrations WHERE name LIKE 'CreateFirstProject%'`;
    await asOwner(database.ownerUrl, (sql) => sql.query(forget));
    await migrateAgain(database.ownerUrl);
    expect((await projects.list({ limit: 9, q: 'default' })).data).toEqual([]);
  });
});

describe('projects', () => {
  it('are created, renamed, found by a part of their name, and hidden once deleted', async () => {
    const id = await createProject(app, '100% _Zürich_ pilot');
    await projects.rename({ projectId: id, name: '100% _Genf_ pilot', ...BY });
    const names = async (q: string): Promise<string[]> =>
      (await projects.list({ limit: 10, q })).data.map(({ name }) => name);
    expect(await names('_genf_')).toEqual(['100% _Genf_ pilot']);
    expect(await names('0%')).toEqual(['100% _Genf_ pilot']);
    expect(await names('xgenfx')).toEqual([]);

    await projects.delete({ projectId: id, ...BY });
    expect(await names('_genf_')).toEqual([]);
    for (const work of [
      () => projects.get({ projectId: id }),
      () => projects.rename({ projectId: id, name: 'x', ...BY }),
      () => projects.delete({ projectId: id, ...BY }),
      () => lists.ofProject({ projectId: id, limit: 1 }),
      () => createKey(app, id),
    ]) {
      expect(await code(work())).toBe('PROJECT_NOT_FOUND');
    }
  });

  it('cannot be deleted while they have a key, whatever its state', async () => {
    const id = await createProject(app);
    const key = await createKey(app, id);
    expect(await code(projects.delete({ projectId: id, ...BY }))).toBe('PROJECT_NOT_EMPTY');
    await asOwner(database.ownerUrl, (sql) =>
      sql.query(`UPDATE key_management.api_keys SET state = 'deleting' WHERE id = $1`, [key.id]),
    );
    expect(await code(projects.delete({ projectId: id, ...BY }))).toBe('PROJECT_NOT_EMPTY');
  });

  it('are listed page by page, each once, while others are being created', async () => {
    const created = new Set<string>();
    for (let i = 0; i < 25; i += 1) created.add(await createProject(app, `paged ${String(i)}`));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await projects.list({ limit: 7, q: 'paged', ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      await createProject(app, 'paged, but later');
    } while (cursor !== undefined);
    expect(seen).toHaveLength(25);
    expect(new Set(seen)).toEqual(created);
  });

  it.each(['nonsense', '', 'MS5ub3QtYS11dWlk'])(
    'refuse the cursor %p, which is not theirs',
    async (cursor) => {
      expect(await code(projects.list({ limit: 1, cursor }))).toBe('INVALID_REQUEST');
    },
  );
});
