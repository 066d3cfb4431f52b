import { type CreateApiKeyRequest, DomainError } from '#contracts';
import { Database } from '#database';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { KeyManagementConfig } from '../key-management.config.js';
import { IdempotencyKeyEntity } from './idempotency-key.entity.js';

const FORGET_EVERY_MS = 600_000;
/** In one statement, so that it stays short whatever has piled up. */
const FORGET_AT_ONCE = 5_000;

/** Remembers for a day which creation an `Idempotency-Key` stands for. The project is locked by whoever calls. */
@Injectable()
export class IdempotencyKeys implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(IdempotencyKeys.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly config: KeyManagementConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.forgetOld().catch((error: unknown) => {
        this.logger.warn('Old idempotency keys are still there', { err: error });
      });
    }, FORGET_EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** @throws DomainError IDEMPOTENCY_KEY_REUSED with the key that was made; IDEMPOTENCY_KEY_MISMATCH */
  async assertNew(manager: EntityManager, request: CreateApiKeyRequest): Promise<void> {
    const identity = identityOf(request);
    if (identity === undefined) return;
    const known = await manager.findOneBy(IdempotencyKeyEntity, identity);
    if (known === null) return;
    if (known.createdAt <= this.oldestKept()) {
      await manager.delete(IdempotencyKeyEntity, identity);
      return;
    }
    if (!known.bodyHash.equals(bodyHashOf(request))) {
      throw new DomainError(
        'IDEMPOTENCY_KEY_MISMATCH',
        'The Idempotency-Key was used for another body. Use a new one for each creation.',
      );
    }
    throw new DomainError(
      'IDEMPOTENCY_KEY_REUSED',
      'The API key was made before, and its key was shown then. If it is lost, delete the API key and create another one.',
      [],
      { keyId: known.apiKeyId },
    );
  }

  async remember(manager: EntityManager, request: CreateApiKeyRequest, apiKeyId: string): Promise<void> {
    const identity = identityOf(request);
    if (identity === undefined) return;
    await manager.insert(IdempotencyKeyEntity, {
      ...identity,
      bodyHash: bodyHashOf(request),
      apiKeyId,
      createdAt: new Date(),
    });
  }

  async forgetOld(): Promise<void> {
    const forget = `
      DELETE FROM key_management.idempotency_keys WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM key_management.idempotency_keys WHERE created_at <= $1 LIMIT $2))`;
    for (let forgotten = FORGET_AT_ONCE; forgotten === FORGET_AT_ONCE;) {
      [, forgotten] = await this.database.run((manager) =>
        manager.query<[unknown, number]>(forget, [this.oldestKept(), FORGET_AT_ONCE]),
      );
    }
  }

  private oldestKept(): Date {
    return new Date(Date.now() - this.config.IDEMPOTENCY_KEY_LIFETIME_S * 1_000);
  }
}

function identityOf({
  projectId,
  actor,
  idempotencyKeyHash,
}: CreateApiKeyRequest):
  Pick<IdempotencyKeyEntity, 'projectId' | 'actor' | 'idempotencyKeyHash'> | undefined {
  if (idempotencyKeyHash === undefined) return undefined;
  return { projectId, actor, idempotencyKeyHash: Buffer.from(idempotencyKeyHash, 'base64url') };
}

/** The same for the same wish: an instant in another offset is no other body, an absent note is another one than none. */
function bodyHashOf({ note, expiresAt, replacesKeyId }: CreateApiKeyRequest): Buffer {
  const wish = {
    note,
    expiresAt: expiresAt ? Date.parse(expiresAt) : null,
    replacesKeyId: replacesKeyId?.toLowerCase() ?? null,
  };
  return createHash('sha256').update(JSON.stringify(wish)).digest();
}
