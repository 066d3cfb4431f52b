import { type ApiKey, type CreateApiKeyRequest, DomainError } from '#contracts';
import { Database, violatedConstraint } from '#database';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { recordChange } from '../audit/audit-trail.js';
import { KeyManagementConfig } from '../key-management.config.js';
import { lockProject } from '../projects/projects.service.js';
import { findApiKey, getPresented, nameOf } from './api-key-queries.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { IdempotencyKeys } from './idempotency-keys.js';

/** Each creation happens once, whoever asks twice: the gateway that got no answer, or a caller with an `Idempotency-Key`. */
@Injectable()
export class ApiKeyCreation {
  constructor(
    private readonly database: Database,
    private readonly config: KeyManagementConfig,
    private readonly idempotencyKeys: IdempotencyKeys,
  ) {}

  async create(request: CreateApiKeyRequest): Promise<ApiKey> {
    try {
      return await this.database.transaction((manager) => this.createOnce(manager, request));
    } catch (error) {
      if (violatedConstraint(error) !== 'api_keys_one_replacement') throw error;
      throw new DomainError('ALREADY_REPLACED', 'The key has a replacement already. Delete that one first.');
    }
  }

  /** With the project locked, whoever came first has either committed or left nothing. */
  private async createOnce(manager: EntityManager, request: CreateApiKeyRequest): Promise<ApiKey> {
    const { projectId } = request;
    await lockProject(manager, projectId);
    const known = await findRepeated(manager, request);
    if (known !== null) return getPresented(manager, { projectId, keyId: known.id });
    await this.idempotencyKeys.assertNew(manager, request);
    await this.assertRoomForOne(manager, projectId);
    const keyId = await insertApiKey(manager, request);
    await this.idempotencyKeys.remember(manager, request, keyId);
    return getPresented(manager, { projectId, keyId });
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

/** What the same gateway has made when its message arrived before: nobody else has the key whose hash this is. */
async function findRepeated(
  manager: EntityManager,
  { projectId, keyHash, actor }: CreateApiKeyRequest,
): Promise<ApiKeyEntity | null> {
  const known = await manager.findOneBy(ApiKeyEntity, { keyHash: Buffer.from(keyHash, 'base64url') });
  if (known === null) return null;
  if (known.projectId === projectId && known.createdBy === actor) return known;
  throw new Error(`somebody else has made API key ${known.id} with the same key`);
}

async function insertApiKey(manager: EntityManager, request: CreateApiKeyRequest): Promise<string> {
  const { projectId, keyHash, keyStart, expiresAt, replacesKeyId, actor, sourceAddress } = request;
  const predecessor = replacesKeyId
    ? await findApiKey(manager, { projectId, keyId: replacesKeyId })
    : undefined;
  const note = request.note === undefined ? (predecessor?.note ?? null) : request.note;
  const id = uuidv7();
  await manager.insert(ApiKeyEntity, {
    id,
    projectId,
    keyHash: Buffer.from(keyHash, 'base64url'),
    keyStart,
    note,
    state: 'active',
    createdAt: new Date(),
    createdBy: actor,
    expiresAt: expiresAt ? new Date(expiresAt) : null,
    replacesKeyId: predecessor?.id ?? null,
  });
  await recordChange(manager, {
    by: { actor, sourceAddress },
    action: 'api-key.created',
    projectId,
    targetId: id,
    detail: nameOf({ keyStart, note }),
  });
  return id;
}
