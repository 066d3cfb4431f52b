import type { CallOptions } from './call.js';
import type { Management } from './management.js';
import type { Paged } from './paged.js';
import { segment, timestamp } from './request.js';
import type {
  ApiKey,
  ApiKeyFilters,
  ApiKeyUsage,
  CreatedApiKey,
  DeletedApiKey,
  KeyOwner,
  NewApiKey,
} from './types.js';

export interface CreateOptions extends CallOptions {
  /** Sent as `Idempotency-Key`, so that a repeated creation makes one key. A random one for each call unless given. */
  idempotencyKey?: string | undefined;
}

/** API keys, for admins. Every call needs the admin token. */
export class ApiKeys {
  readonly #management: Management;

  constructor(management: Management) {
    this.#management = management;
  }

  /** Of one project. */
  list(projectId: string, filters: ApiKeyFilters = {}, options: CallOptions = {}): Paged<ApiKey> {
    return this.#management.list(keysPath(projectId), { ...filters }, options);
  }

  /** Of all projects that the admin may see. */
  listAll(filters: ApiKeyFilters = {}, options: CallOptions = {}): Paged<ApiKey> {
    return this.#management.list('/v1/api-keys', { ...filters }, options);
  }

  /**
   * Makes a key. `key` of the answer is the only time it is ever sent: keep it, or delete the API key and make another.
   *
   * @throws ConflictError `idempotency_key_reused` when a repetition finds that the key was made, and its secret lost with
   *   the first answer (`problem.keyId` is the API key to delete); `limit_reached`; `already_replaced`
   */
  async create(
    projectId: string,
    apiKey: NewApiKey = {},
    options: CreateOptions = {},
  ): Promise<CreatedApiKey> {
    const { note, expiresAt, replacesKeyId } = apiKey;
    return this.#management.send({
      ...options,
      method: 'POST',
      path: keysPath(projectId),
      headers: { 'idempotency-key': options.idempotencyKey ?? globalThis.crypto.randomUUID() },
      isRepeatable: true,
      json: {
        ...(note === undefined ? {} : { note }),
        ...(expiresAt === undefined ? {} : { expiresAt: expiresAt === null ? null : timestamp(expiresAt) }),
        ...(replacesKeyId === undefined ? {} : { replacesKeyId }),
      },
    });
  }

  async get(projectId: string, keyId: string, options: CallOptions = {}): Promise<ApiKey> {
    return this.#management.send({ ...options, method: 'GET', path: keyPath(projectId, keyId) });
  }

  /** The note is the only thing that can change. */
  async changeNote(
    projectId: string,
    keyId: string,
    note: string | null,
    options: CallOptions = {},
  ): Promise<ApiKey> {
    return this.#management.send({
      ...options,
      method: 'PATCH',
      path: keyPath(projectId, keyId),
      isRepeatable: true,
      json: { note },
    });
  }

  /** Immediate and irreversible: when this resolves, the key's next call is refused, everywhere. */
  async delete(projectId: string, keyId: string, options: CallOptions = {}): Promise<void> {
    return this.#management.delete(keyPath(projectId, keyId), options);
  }

  /** @param period a month up to now unless given */
  async usage(
    projectId: string,
    keyId: string,
    period: { from?: Date | string | undefined; to?: Date | string | undefined } = {},
    options: CallOptions = {},
  ): Promise<ApiKeyUsage> {
    const path = `${keyPath(projectId, keyId)}/usage`;
    return this.#management.send({ ...options, method: 'GET', path, query: { ...period } });
  }

  /** Deleted keys of the last 90 days, and who still calls with them. */
  listDeleted(
    projectId: string,
    filters: { limit?: number | undefined } = {},
    options: CallOptions = {},
  ): Paged<DeletedApiKey> {
    const path = `/v1/projects/${segment('projectId', projectId)}/deleted-api-keys`;
    return this.#management.list(path, { ...filters }, options);
  }

  /**
   * Whose is the key that was found somewhere? No use of it; the question is audited.
   *
   * @throws NotFoundError `api_key_not_found`
   */
  async lookup(key: string, options: CallOptions = {}): Promise<KeyOwner> {
    const path = '/v1/api-keys/lookup';
    return this.#management.send({ ...options, method: 'POST', path, isRepeatable: true, json: { key } });
  }
}

function keysPath(projectId: string): string {
  return `/v1/projects/${segment('projectId', projectId)}/api-keys`;
}

function keyPath(projectId: string, keyId: string): string {
  return `${keysPath(projectId)}/${segment('keyId', keyId)}`;
}
