import {
  type ApiKey,
  type ChangeApiKeyNoteRequest,
  DomainError,
  type GetApiKeyRequest,
  type IdentifyApiKeyRequest,
  type IdentifyApiKeyResponse,
  type LookupApiKeyRequest,
  type LookupApiKeyResponse,
} from '#contracts';
import { Database } from '#database';
import { Injectable } from '@nestjs/common';
import { Not } from 'typeorm';
import { recordChange, recordLookup } from '../audit/audit-trail.js';
import { findApiKey, getPresented, nameOf } from './api-key-queries.js';
import { ApiKeyEntity, type ApiKeyState } from './api-key.entity.js';
import { statusOf } from './to-api-key.js';

@Injectable()
export class ApiKeysService {
  constructor(private readonly database: Database) {}

  get(request: GetApiKeyRequest): Promise<ApiKey> {
    return this.database.run((manager) => getPresented(manager, request));
  }

  changeNote({ projectId, keyId, note, ...by }: ChangeApiKeyNoteRequest): Promise<ApiKey> {
    return this.database.transaction(async (manager) => {
      const key = await findApiKey(manager, { projectId, keyId });
      await manager.update(ApiKeyEntity, { id: keyId }, { note });
      const detail = `${nameOf(key)} → ${note ?? '(no note)'}`;
      await recordChange(manager, { by, action: 'api-key.note-changed', projectId, targetId: keyId, detail });
      return getPresented(manager, { projectId, keyId });
    });
  }

  /** Whether it is found or not, somebody has asked: that is written down before it is answered. */
  async lookup({ keyHash, projectIds, ...by }: LookupApiKeyRequest): Promise<LookupApiKeyResponse> {
    const key = await this.database.transaction(async (manager) => {
      const found = await manager.findOneBy(ApiKeyEntity, { keyHash: Buffer.from(keyHash, 'base64url') });
      const seen = found !== null && maySee(projectIds, found.projectId) ? found : undefined;
      await recordLookup(manager, by, seen && { ...seen, detail: nameOf(seen) });
      return seen;
    });
    if (key === undefined) throw new DomainError('API_KEY_NOT_FOUND');
    const { id: keyId, projectId, keyStart } = key;
    return { projectId, keyId, keyStart, status: key.state === 'deleted' ? 'deleted' : statusOf(key) };
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
}

function maySee(projectIds: readonly string[] | undefined, projectId: string): boolean {
  return projectIds === undefined || projectIds.some((id) => id.toLowerCase() === projectId);
}
