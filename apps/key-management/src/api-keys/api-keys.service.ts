import {
  type ApiKey,
  type ChangeApiKeyNoteRequest,
  type CreateApiKeyRequest,
  DomainError,
  type GetApiKeyRequest,
  type IdentifyApiKeyRequest,
  type IdentifyApiKeyResponse,
} from '#contracts';
import { Database, violatedConstraint } from '#database';
import { Injectable } from '@nestjs/common';
import { type EntityManager, Not } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { recordChange } from '../audit/audit-trail.js';
import { KeyManagementConfig } from '../key-management.config.js';
import { lockProject } from '../projects/projects.service.js';
import { present, selectApiKeys } from './api-key-queries.js';
import { ApiKeyEntity, type ApiKeyState } from './api-key.entity.js';

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly config: KeyManagementConfig,
  ) {}

  async create(request: CreateApiKeyRequest): Promise<ApiKey> {
    try {
      return await this.database.transaction((manager) => this.insert(manager, request));
    } catch (error) {
      if (violatedConstraint(error) !== 'api_keys_one_replacement') throw error;
      throw new DomainError('ALREADY_REPLACED', 'The key has a replacement already. Delete that one first.');
    }
  }

  private async insert(manager: EntityManager, request: CreateApiKeyRequest): Promise<ApiKey> {
    const { projectId, keyHash, keyStart, note, expiresAt, replacesKeyId, ...by } = request;
    await lockProject(manager, projectId);
    await this.assertRoomForOne(manager, projectId);
    const predecessor = replacesKeyId
      ? await findApiKey(manager, { projectId, keyId: replacesKeyId })
      : undefined;
    const id = uuidv7();
    await manager.insert(ApiKeyEntity, {
      id,
      projectId,
      keyHash: Buffer.from(keyHash, 'base64url'),
      keyStart,
      note: note === undefined ? (predecessor?.note ?? null) : note,
      state: 'active',
      createdAt: new Date(),
      createdBy: by.actor,
      expiresAt: expiresAt ? new Date(expiresAt) : null,
      replacesKeyId: predecessor?.id ?? null,
    });
    await recordChange(manager, { by, action: 'api-key.created', projectId, targetId: id });
    return getPresented(manager, { projectId, keyId: id });
  }

  get(request: GetApiKeyRequest): Promise<ApiKey> {
    return this.database.run((manager) => getPresented(manager, request));
  }

  changeNote({ projectId, keyId, note, ...by }: ChangeApiKeyNoteRequest): Promise<ApiKey> {
    return this.database.transaction(async (manager) => {
      await findApiKey(manager, { projectId, keyId });
      await manager.update(ApiKeyEntity, { id: keyId }, { note });
      await recordChange(manager, { by, action: 'api-key.note-changed', projectId, targetId: keyId });
      return getPresented(manager, { projectId, keyId });
    });
  }

  async identify({ keyId }: IdentifyApiKeyRequest): Promise<IdentifyApiKeyResponse> {
    const key = await this.database.run((manager) =>
      manager.findOne(ApiKeyEntity, {
        where: { id: keyId, state: Not<ApiKeyState>('deleted') },
        relations: { project: true },
      }),
    );
    if (!key?.project) throw new DomainError('API_KEY_NOT_FOUND');
    return {
      projectId: key.projectId,
      projectName: key.project.name,
      keyId: key.id,
      keyStart: key.keyStart,
      note: key.note,
      expiresAt: key.expiresAt?.toISOString() ?? null,
    };
  }

  /** The project is locked, so nobody else can take the last place. */
  private async assertRoomForOne(manager: EntityManager, projectId: string): Promise<void> {
    const count = await manager
      .createQueryBuilder(ApiKeyEntity, 'key')
      .where(`key.projectId = :projectId AND key.state <> 'deleted'`, { projectId })
      .getCount();
    const limit = this.config.MAX_API_KEYS_PER_PROJECT;
    if (count < limit) return;
    throw new DomainError(
      'LIMIT_REACHED',
      `A project has at most ${String(limit)} API keys. Delete some first.`,
    );
  }
}

interface ApiKeyAddress {
  projectId: string;
  keyId: string;
}

/**
 * A key that is not deleted. One that is being deleted is still there: its fence may be ahead, and no answer may imply
 * that a key is gone which a verification might yet find in the cache. An expired one counts as well.
 */
async function findApiKey(
  manager: EntityManager,
  { projectId, keyId }: ApiKeyAddress,
): Promise<ApiKeyEntity> {
  const key = await manager.findOneBy(ApiKeyEntity, {
    id: keyId,
    projectId,
    state: Not<ApiKeyState>('deleted'),
  });
  if (key === null) throw new DomainError('API_KEY_NOT_FOUND');
  return key;
}

async function getPresented(manager: EntityManager, { projectId, keyId }: ApiKeyAddress): Promise<ApiKey> {
  const keys = await selectApiKeys(manager)
    .andWhere('key.id = :keyId AND key.projectId = :projectId', { keyId, projectId })
    .getMany();
  const [apiKey] = await present(manager, keys);
  if (apiKey === undefined) throw new DomainError('API_KEY_NOT_FOUND');
  return apiKey;
}
