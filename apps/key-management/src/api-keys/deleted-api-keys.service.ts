import {
  DELETED_API_KEYS_DAYS,
  type DeletedApiKey,
  type ListDeletedApiKeysRequest,
  type ListDeletedApiKeysResponse,
} from '#contracts';
import { Database } from '#database';
import { Injectable } from '@nestjs/common';
import { readPage } from '../paging/keyset-page.js';
import { findProject } from '../projects/projects.service.js';
import { ApiKeyRefusalsView } from './api-key-refusals.view.js';
import { ApiKeyEntity } from './api-key.entity.js';

const SHOWN_MS = DELETED_API_KEYS_DAYS * 86_400_000;

/** Whom a deletion has broken. */
@Injectable()
export class DeletedApiKeysService {
  constructor(private readonly database: Database) {}

  list({ projectId, limit, cursor }: ListDeletedApiKeysRequest): Promise<ListDeletedApiKeysResponse> {
    return this.database.run(async (manager) => {
      await findProject(manager, projectId);
      const query = manager
        .createQueryBuilder(ApiKeyEntity, 'key')
        .leftJoinAndMapOne(
          'key.refusals',
          ApiKeyRefusalsView,
          'refusals',
          `refusals.keyId = key.id AND refusals.reason = 'deleted'`,
        )
        .where(`key.projectId = :projectId AND key.state = 'deleted'`, { projectId })
        .andWhere('key.deletedAt > :since', { since: new Date(Date.now() - SHOWN_MS) });
      const list = ['deleted-api-keys', projectId];
      const { rows, nextCursor } = await readPage(query, { list, time: 'deletedAt', limit, cursor });
      return { data: rows.map(toDeletedApiKey), nextCursor };
    });
  }
}

function toDeletedApiKey({
  id,
  keyStart,
  note,
  deletedAt,
  deletedBy,
  refusals,
}: ApiKeyEntity): DeletedApiKey {
  if (deletedAt === null) throw new TypeError(`key ${id} was deleted at no time`);
  return {
    id,
    keyStart,
    note,
    deletedAt: deletedAt.toISOString(),
    deletedBy,
    rejectedUses: refusals?.refusals ?? 0,
    firstRejectedAt: refusals?.firstRefusedAt.toISOString() ?? null,
    lastRejectedAt: refusals?.lastRefusedAt.toISOString() ?? null,
  };
}
