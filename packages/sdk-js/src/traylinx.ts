import { unexpectedShape } from './answer.js';
import { keyStart } from './api-key.js';
import { ApiKeys } from './api-keys.js';
import { AuditEvents } from './audit-events.js';
import type { Answer, CallOptions, Query } from './call.js';
import { AuthenticationError } from './errors.js';
import { Management } from './management.js';
import { Projects } from './projects.js';
import { type CredentialKind, resolveSettings, type Settings, type TraylinxOptions } from './settings.js';
import { Transport } from './transport.js';
import type { Admin, BatchVerification, Identity, Verification } from './types.js';

export interface RequestOptions extends CallOptions {
  query?: Query | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is; name its type in `headers`. */
  body?: string | Uint8Array<ArrayBuffer> | undefined;
  /** `apiKey` unless given. */
  credential?: CredentialKind | undefined;
  /** Whether the call may be sent again when its first sending may have had its effect. For POST and PATCH: no, unless given. */
  isRepeatable?: boolean | undefined;
}

/** Keys that the gateway takes in one question. */
const BATCH_KEYS = 500;

/**
 * Traylinx, as a caller (with a key), a platform service (that verifies keys) or an admin (with an admin token) sees it.
 * The key comes from `TRAYLINX_API_KEY`, the address of the gateway from `TRAYLINX_BASE_URL`, the admin token from
 * `TRAYLINX_ADMIN_TOKEN`.
 *
 * @throws ConfigurationError when one of them is missing or cannot be right
 */
export class Traylinx {
  readonly apiKeys: ApiKeys;
  readonly projects: Projects;
  readonly auditEvents: AuditEvents;
  readonly #settings: Settings;
  readonly #transport: Transport;
  readonly #management: Management;

  constructor(options: TraylinxOptions = {}) {
    this.#settings = resolveSettings(options);
    this.#transport = new Transport(this.#settings);
    this.#management = new Management(this.#transport, this.#settings);
    this.apiKeys = new ApiKeys(this.#management);
    this.projects = new Projects(this.#management);
    this.auditEvents = new AuditEvents(this.#management);
  }

  /** Whose key this client calls with. No use of it: a test call spoils no "safe to delete". */
  async whoami(options: CallOptions = {}): Promise<Identity> {
    const answer = await this.#transport.send<Identity>({
      ...options,
      method: 'GET',
      path: '/v1/whoami',
      credential: 'apiKey',
      expects: 'json',
    });
    const { keyId } = (answer.data as Partial<Identity> | null) ?? {};
    if (typeof keyId !== 'string') throw unexpectedShape(answer, 'what whoami answers');
    return answer.data;
  }

  /** Deletes the key that this client calls with, for ever: for whoever has found a leaked one. */
  async deleteOwnKey(options: CallOptions = {}): Promise<void> {
    try {
      await this.#transport.send({
        timeoutMs: this.#settings.deleteTimeoutMs,
        ...options,
        method: 'DELETE',
        path: '/v1/api-keys/self',
        credential: 'apiKey',
        expects: 'no content',
      });
    } catch (error) {
      // Its own repetition, or somebody who was faster: it is done.
      if (!(error instanceof AuthenticationError && error.code === 'api_key_deleted')) throw error;
    }
  }

  /**
   * Is somebody else's key good, now? For platform services; a good one counts as used. A key that is not good is an
   * answer, not an error; that it cannot be known is one (`UnavailableError`, `ConnectionError`), and never a yes.
   */
  async verify(
    key: string,
    options: CallOptions & { projectId?: string | undefined } = {},
  ): Promise<Verification> {
    const { projectId, ...callOptions } = options;
    const answer = await this.#ask<BatchVerification>(
      '/v1/api-keys/verify',
      { key, ...(projectId === undefined ? {} : { projectId }) },
      callOptions,
    );
    if (!isVerification(answer.data) || answer.data.valid === undefined) {
      throw unexpectedShape(answer, 'a verification');
    }
    return answer.data;
  }

  /** The same for many keys, in their order; 500 travel together. What cannot be known has no `valid`. */
  async batchVerify(keys: readonly string[], options: CallOptions = {}): Promise<BatchVerification[]> {
    const results: BatchVerification[] = [];
    for (let at = 0; at < keys.length; at += BATCH_KEYS) {
      const part = keys.slice(at, at + BATCH_KEYS);
      const answer = await this.#ask<{ results: BatchVerification[] }>(
        '/v1/api-keys/batch-verify',
        { keys: part },
        options,
      );
      const found = (answer.data as Partial<typeof answer.data> | null)?.results;
      if (!Array.isArray(found) || found.length !== part.length || !found.every(isVerification)) {
        throw unexpectedShape(answer, `${part.length} verifications`);
      }
      results.push(...found);
    }
    return results;
  }

  /** Who the admin token is, and what it may do. */
  async me(options: CallOptions = {}): Promise<Admin> {
    return this.#management.send({ ...options, method: 'GET', path: '/v1/me' });
  }

  /**
   * Any endpoint of the platform, with the key: `await client.request('POST', '/v1/agents', { json: { name } })`.
   *
   * @param path begins with a slash, below the address of the gateway
   */
  async request<T = unknown>(method: string, path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    const { credential = 'apiKey', ...rest } = options;
    return this.#transport.send<T>({
      ...rest,
      method: method.toUpperCase(),
      path,
      credential,
      expects: 'anything',
    });
  }

  /** What logs get to see. */
  toJSON(): { baseUrl: string; apiKey: string | null; adminToken: string | null } {
    const { baseUrl, credentials } = this.#settings;
    const { apiKey, adminToken } = credentials;
    return {
      baseUrl,
      apiKey: apiKey === undefined ? null : `${keyStart(apiKey)}…`,
      adminToken: adminToken === undefined ? null : '[hidden]',
    };
  }

  /** For `console.log` of Node. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Traylinx ${JSON.stringify(this)}`;
  }

  #ask<T>(path: string, json: object, options: CallOptions): Promise<Answer<T>> {
    return this.#transport.send<T>({
      timeoutMs: this.#settings.verifyTimeoutMs,
      ...options,
      method: 'POST',
      path,
      json,
      // Asking twice is no more than asking.
      isRepeatable: true,
      credential: 'serviceToken',
      expects: 'json',
    });
  }
}

/** Nothing but a whole "yes" is one. */
function isVerification(value: unknown): value is BatchVerification {
  if (typeof value !== 'object' || value === null) return false;
  const { valid, code, keyId, projectId } = value as Record<string, unknown>;
  if (typeof code !== 'string') return false;
  if (valid === undefined || valid === false) return true;
  return valid === true && code === 'VALID' && typeof keyId === 'string' && typeof projectId === 'string';
}
