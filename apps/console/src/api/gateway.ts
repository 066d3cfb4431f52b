import { ApiError } from './api-error.js';
import { DELETION_TIMEOUT_MS, send } from './send.js';
import type {
  ApiKey,
  ApiKeyUsage,
  AuditEvent,
  CreatedApiKey,
  DeletedApiKey,
  FoundApiKey,
  Me,
  Page,
  Project,
  SignInMethods,
} from './types.js';

type Signal = AbortSignal | undefined;
interface PageQuery {
  cursor?: string | undefined;
  limit?: number;
  q?: string | undefined;
}

export interface ApiKeyQuery extends PageQuery {
  status?: string | undefined;
  expiresWithinDays?: number | undefined;
  unusedForDays?: number | undefined;
  neverUsed?: boolean | undefined;
  sort?: string | undefined;
}

export interface AuditQuery {
  projectId?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  cursor?: string | undefined;
  limit?: number;
}

export interface NewApiKey {
  note?: string | null;
  expiresAt?: string | null;
  replacesKeyId?: string;
}

export interface KeyAddress {
  projectId: string;
  id: string;
}

const keyPath = ({ projectId, id }: KeyAddress): string => `/v1/projects/${projectId}/api-keys/${id}`;

export const gateway = {
  signInMethods: (): Promise<SignInMethods> => send('GET', '/v1/sign-in-methods'),
  signIn: (adminToken: string): Promise<undefined> => send('POST', '/v1/session', { body: { adminToken } }),
  signOut: (): Promise<undefined> => send('DELETE', '/v1/session'),
  me: (): Promise<Me> => send('GET', '/v1/me'),

  listProjects: (query: PageQuery, signal?: Signal): Promise<Page<Project>> =>
    send('GET', '/v1/projects', { query: { ...query }, signal }),
  getProject: (id: string, signal?: Signal): Promise<Project> =>
    send('GET', `/v1/projects/${id}`, { signal }),
  createProject: (name: string): Promise<Project> => send('POST', '/v1/projects', { body: { name } }),
  renameProject: (id: string, name: string): Promise<Project> =>
    send('PATCH', `/v1/projects/${id}`, { body: { name } }),
  deleteProject: (id: string): Promise<undefined> => send('DELETE', `/v1/projects/${id}`),

  /** Of one project, or of all that one may see. */
  listApiKeys: (projectId: string | undefined, query: ApiKeyQuery, signal?: Signal): Promise<Page<ApiKey>> =>
    send('GET', projectId ? `/v1/projects/${projectId}/api-keys` : '/v1/api-keys', {
      query: { ...query },
      signal,
    }),
  getApiKey: (key: KeyAddress, signal?: Signal): Promise<ApiKey> => send('GET', keyPath(key), { signal }),
  createApiKey: (projectId: string, body: NewApiKey, idempotencyKey: string): Promise<CreatedApiKey> =>
    send('POST', `/v1/projects/${projectId}/api-keys`, {
      body,
      headers: { 'idempotency-key': idempotencyKey },
    }),
  changeNote: (key: KeyAddress, note: string | null): Promise<ApiKey> =>
    send('PATCH', keyPath(key), { body: { note } }),
  deleteApiKey,
  usage: (key: KeyAddress, signal?: Signal): Promise<ApiKeyUsage> =>
    send('GET', `${keyPath(key)}/usage`, { signal }),
  listDeletedApiKeys: (projectId: string, query: PageQuery, signal?: Signal): Promise<Page<DeletedApiKey>> =>
    send('GET', `/v1/projects/${projectId}/deleted-api-keys`, {
      query: { ...query },
      signal,
    }),
  findApiKey: (key: string): Promise<FoundApiKey> => send('POST', '/v1/api-keys/lookup', { body: { key } }),

  listAuditEvents: (query: AuditQuery, signal?: Signal): Promise<Page<AuditEvent>> =>
    send('GET', '/v1/audit-events', { query: { ...query }, signal }),
};

/**
 * Asks once more when no answer has come: the deletion may still complete, and repeating it does no harm. That it is gone
 * by then is the success that was asked for.
 */
async function deleteApiKey(key: KeyAddress): Promise<void> {
  const attempt = (): Promise<undefined> => send('DELETE', keyPath(key), { timeoutMs: DELETION_TIMEOUT_MS });
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 0) throw error;
    await attempt().catch((second: unknown) => {
      if (!(second instanceof ApiError) || second.code !== 'api_key_not_found') throw second;
    });
  }
}
