import {
  type DeleteApiKeyRequest,
  type DeleteOwnApiKeyRequest,
  type DeleteOwnApiKeyResponse,
  DomainError,
} from '#contracts';
import { Database } from '#database';
import { KeyFence } from '#key-fence';
import { requestContext } from '#observability';
import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { type EntityManager, MoreThan } from 'typeorm';
import { AuditEventEntity } from '../audit/audit-event.entity.js';
import { recordChange } from '../audit/audit-trail.js';
import { KeyManagementConfig } from '../key-management.config.js';
import { nameOf } from './api-key-queries.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { EntryLifetime } from './entry-lifetime.js';

/** How often a deletion that has to wait looks whether somebody else has completed it, and tries the fence again. */
const POLL_MS = 250;
/** For how long a request is known to have been here before: longer than a gateway repeats it, and clocks may differ. */
const REPEATED_WITHIN_MS = 60_000;

/** A key that PostgreSQL has been seen to hold as `deleting`. */
export interface DeletingKey {
  id: string;
  keyHash: Buffer;
  /**
   * When this process saw that, on its own monotonic clock (`performance.now()`, ms). Never a stored time: another
   * machine's clock, or one that was set back, would shorten the wait that the guarantee rests on.
   */
  seenAtMs: number;
}

/**
 * The deletion protocol: `active → deleting`, fence, `deleting → deleted`. Specified, with its proof, in
 * `docs/guarantees.md`. Every step may be done twice, by anybody, so a retry simply does the rest.
 */
@Injectable()
export class ApiKeyDeletion {
  private readonly logger = new Logger(ApiKeyDeletion.name);
  /** Keys that this process is completing, for whomever: the clock of each runs from when it was first seen. */
  private readonly underway = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly fence: KeyFence,
    private readonly config: KeyManagementConfig,
    private readonly entryLifetime: EntryLifetime,
  ) {}

  /**
   * Returns only when no verification that starts from now on can succeed.
   *
   * @throws DomainError API_KEY_NOT_FOUND, also when the key was deleted before by another request; UNAVAILABLE when PostgreSQL does not
   * answer, in which case the deletion may have been started and will then be completed.
   */
  async delete(request: DeleteApiKeyRequest): Promise<void> {
    const key = await this.database.transaction((manager) => this.markDeleting(manager, request));
    if (key === undefined && (await this.database.run((manager) => hasDeleted(manager, request)))) return;
    if (key === undefined) throw new DomainError('API_KEY_NOT_FOUND');
    await this.complete({ ...key, seenAtMs: performance.now() });
  }

  /** The same for whoever holds the key, under the same guarantee. */
  async deleteOwn({ keyHash, ...by }: DeleteOwnApiKeyRequest): Promise<DeleteOwnApiKeyResponse> {
    const key = await this.database.transaction(async (manager) => {
      const held = await manager.findOneBy(ApiKeyEntity, { keyHash: Buffer.from(keyHash, 'base64url') });
      if (held === null) return 'UNKNOWN';
      if (held.state === 'active' && isExpired(held)) return 'EXPIRED';
      const address = { projectId: held.projectId, keyId: held.id };
      const deleting = await this.markDeleting(manager, { ...address, ...by });
      return deleting ?? ((await hasDeleted(manager, address)) ? 'COMPLETED' : 'DELETED');
    });
    if (typeof key === 'string') return { outcome: key };
    await this.complete({ ...key, seenAtMs: performance.now() });
    return { outcome: 'COMPLETED' };
  }

  /** Steps 2 and 3, for a key that is `deleting`, whoever has made it so. */
  async complete(key: DeletingKey, signal?: AbortSignal): Promise<void> {
    this.underway.add(key.id);
    try {
      const alreadyDeleted = await this.makeUnacceptable(key, signal);
      if (!alreadyDeleted) await this.markDeleted(key.id);
    } finally {
      this.underway.delete(key.id);
    }
  }

  /** Keys that somebody in this process is at. To do it once more would do no harm, and cost a query every 250 ms. */
  underwayIds(): string[] {
    return [...this.underway];
  }

  /**
   * Step 1. A key that is `deleting` already is fine: this caller then does the rest as well.
   *
   * @returns undefined when there is no such key, or no more
   */
  private async markDeleting(
    manager: EntityManager,
    { projectId, keyId, ...by }: DeleteApiKeyRequest,
  ): Promise<Omit<DeletingKey, 'seenAtMs'> | undefined> {
    const { affected } = await manager.update(
      ApiKeyEntity,
      { id: keyId, projectId, state: 'active' },
      { state: 'deleting', deletedBy: by.actor },
    );
    const key = await manager.findOneBy(ApiKeyEntity, { id: keyId, projectId, state: 'deleting' });
    if (key === null) return undefined;
    if (affected === 1) {
      const detail = nameOf(key);
      await recordChange(manager, { by, action: 'api-key.deleted', projectId, targetId: keyId, detail });
    }
    return { id: key.id, keyHash: key.keyHash };
  }

  /**
   * Step 2. Removes what the cache holds; while nobody can tell us that it did, waits until nothing filled before the
   * commit can be left in it. No transaction and no row lock is held meanwhile.
   *
   * @returns whether somebody else has completed the deletion while we waited.
   */
  private async makeUnacceptable(key: DeletingKey, signal?: AbortSignal): Promise<boolean> {
    if (await this.fenced(key)) return false;
    const safeAtMs = key.seenAtMs + (await this.waitMs());
    for (;;) {
      const leftMs = safeAtMs - performance.now();
      if (leftMs <= 0) return false;
      await delay(Math.min(POLL_MS, leftMs), undefined, signal === undefined ? {} : { signal });
      if (await this.isDeleted(key.id)) return true;
      if (await this.fenced(key)) return false;
    }
  }

  /** F + L + margin, with an L that is asked for only now: when the key has been seen as `deleting`. */
  private async waitMs(): Promise<number> {
    const longestMs = await this.entryLifetime.longestMs();
    return this.config.FILL_TOKEN_LIFETIME_MS + longestMs + this.config.FENCE_MARGIN_MS;
  }

  private async fenced({ id, keyHash }: DeletingKey): Promise<boolean> {
    if (this.config.REVOCATION_FENCE === 'wait') return false;
    try {
      await this.fence.fence([keyHash.toString('base64url')]);
      return true;
    } catch (error) {
      this.logger.warn(
        `no fence for key ${id}, waiting: ${error instanceof Error ? error.message : String(error)}`,
      );
      return false;
    }
  }

  private isDeleted(id: string): Promise<boolean> {
    return this.database.run((manager) => manager.existsBy(ApiKeyEntity, { id, state: 'deleted' }));
  }

  /** Step 3. Only after this may anything that we answer imply that the key is gone. */
  private async markDeleted(id: string): Promise<void> {
    await this.database.run((manager) =>
      manager.update(ApiKeyEntity, { id, state: 'deleting' }, { state: 'deleted', deletedAt: () => 'now()' }),
    );
  }
}

function isExpired({ expiresAt }: ApiKeyEntity): boolean {
  return expiresAt !== null && expiresAt.getTime() <= Date.now();
}

/**
 * Whether the request that is being answered has itself deleted the key. The gateway sends a request again whose answer was
 * lost with the bus; "not found" would then be said of what it has just done.
 */
async function hasDeleted(
  manager: EntityManager,
  { projectId, keyId }: Pick<DeleteApiKeyRequest, 'projectId' | 'keyId'>,
): Promise<boolean> {
  const requestId = requestContext.getStore()?.requestId;
  if (requestId === undefined) return false;
  const occurredAt = MoreThan(new Date(Date.now() - REPEATED_WITHIN_MS));
  const action = 'api-key.deleted';
  return manager.existsBy(AuditEventEntity, { projectId, occurredAt, targetId: keyId, action, requestId });
}
