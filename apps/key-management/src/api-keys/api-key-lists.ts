import {
  type ApiKey,
  DEFAULT_API_KEY_SORT,
  DomainError,
  type ListAllApiKeysRequest,
  type ListApiKeysRequest,
  type ListApiKeysResponse,
} from '#contracts';
import { Database } from '#database';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KeyManagementConfig } from '../key-management.config.js';
import { decodeCursor, encodeCursor } from '../paging/page-cursor.js';
import { findProject } from '../projects/projects.service.js';
import {
  type ApiKeyFilters,
  apiKeyPageSql,
  type ApiKeyPosition,
  countApiKeysSql,
} from './api-key-page-query.js';
import { present, selectApiKeys } from './api-key-queries.js';

type Filters = Omit<ListAllApiKeysRequest, 'projectIds'>;

/** Keys of a project or of all, sorted and filtered, page by page. */
@Injectable()
export class ApiKeyLists {
  constructor(
    private readonly database: Database,
    private readonly config: KeyManagementConfig,
  ) {}

  ofProject({ projectId, ...filters }: ListApiKeysRequest): Promise<ListApiKeysResponse> {
    return this.database.run(async (manager) => {
      await findProject(manager, projectId);
      return this.readPage(manager, ['api-keys', projectId], [projectId], filters);
    });
  }

  ofAll({ projectIds, ...filters }: ListAllApiKeysRequest): Promise<ListApiKeysResponse> {
    // A project that is named twice would give its keys twice.
    const scope = projectIds && [...new Set(projectIds.map((id) => id.toLowerCase()))];
    return this.database.run(async (manager) => {
      if (filters.sort?.endsWith('lastUsedAt')) await this.assertSortable(manager, scope);
      return this.readPage(manager, ['all-api-keys'], scope, filters);
    });
  }

  private async readPage(
    manager: EntityManager,
    list: readonly string[],
    projectIds: readonly string[] | undefined,
    { limit, cursor, sort = DEFAULT_API_KEY_SORT, ...filters }: Filters,
  ): Promise<ListApiKeysResponse> {
    const identity = [...list, sort, ...identityOf(filters)];
    const { text, values } = apiKeyPageSql({
      projectIds,
      filters,
      sort,
      position: cursor === undefined ? undefined : decodeCursor(identity, cursor),
      // One more than asked for tells whether there is a next page.
      rows: limit + 1,
      maxScannedKeys: Math.max(this.config.MAX_SCANNED_API_KEYS, limit + 1),
      now: new Date(),
    });
    const found = await manager.query<ApiKeyPosition[]>(text, values);
    const end = found.find(({ isEnd }) => isEnd);
    const rows = found.filter(({ isEnd }) => !isEnd);
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : end;
    return {
      data: await readApiKeys(manager, page),
      nextCursor: last === undefined ? null : encodeCursor(identity, last),
    };
  }

  /** Nothing but all keys tells which of them was used last. */
  private async assertSortable(
    manager: EntityManager,
    projectIds: readonly string[] | undefined,
  ): Promise<void> {
    const limit = this.config.MAX_SORTED_API_KEYS;
    const [row] = await manager.query<{ count: number }[]>(...countApiKeysSql(projectIds, limit + 1));
    if ((row?.count ?? 0) <= limit) return;
    throw new DomainError('INVALID_REQUEST', undefined, [
      {
        pointer: '/sort',
        message: `sort by lastUsedAt is for a project, or for at most ${String(limit)} keys; unusedForDays and neverUsed find unused keys among any number`,
      },
    ]);
  }
}

/** In one order, whatever that of the request. */
function identityOf({ q, status, expiresWithinDays, unusedForDays, neverUsed }: ApiKeyFilters): unknown[] {
  return [q, status, expiresWithinDays, unusedForDays, neverUsed];
}

/** In the order of the page. A key that was deleted since its id was read is not there any more. */
async function readApiKeys(manager: EntityManager, page: readonly ApiKeyPosition[]): Promise<ApiKey[]> {
  if (page.length === 0) return [];
  const ids = page.map(({ id }) => id);
  const keys = await selectApiKeys(manager).andWhere('key.id = ANY(:ids)', { ids }).getMany();
  const apiKeys = new Map((await present(manager, keys)).map((apiKey) => [apiKey.id, apiKey]));
  return ids.flatMap((id) => apiKeys.get(id) ?? []);
}
