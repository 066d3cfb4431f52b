import { ApiError } from './api-error.js';
import { answerOf, client } from './client.js';
import type {
  ApiKey,
  ApiKeyQuery,
  ApiKeyUsage,
  AuditEvent,
  AuditQuery,
  CreatedApiKey,
  DeletedApiKey,
  DeletedApiKeyQuery,
  FoundApiKey,
  KeyAddress,
  Me,
  NewApiKey,
  Page,
  Project,
  ProjectQuery,
  SignInMethods,
} from './types.js';

const API_KEY = '/v1/projects/{projectId}/api-keys/{keyId}';
const pathOf = ({ projectId, id }: KeyAddress): { projectId: string; keyId: string } => ({
  projectId,
  keyId: id,
});

/** Everything that the console asks of the gateway. Each of them throws an `ApiError`. */
export const gateway = {
  signInMethods: (): Promise<SignInMethods> => answerOf(client.GET('/v1/sign-in-methods')),
  signIn: (adminToken: string): Promise<undefined> =>
    answerOf(client.POST('/v1/session', { body: { adminToken } })),
  signOut: (): Promise<undefined> => answerOf(client.DELETE('/v1/session')),
  me: (): Promise<Me> => answerOf(client.GET('/v1/me')),

  listProjects: (query: ProjectQuery, signal: AbortSignal): Promise<Page<Project>> =>
    answerOf(client.GET('/v1/projects', { params: { query: given(query) }, signal })),
  getProject: (projectId: string, signal: AbortSignal): Promise<Project> =>
    answerOf(client.GET('/v1/projects/{projectId}', { params: { path: { projectId } }, signal })),
  createProject: (name: string): Promise<Project> =>
    answerOf(client.POST('/v1/projects', { body: { name } })),
  renameProject: (projectId: string, name: string): Promise<Project> =>
    answerOf(client.PATCH('/v1/projects/{projectId}', { params: { path: { projectId } }, body: { name } })),
  deleteProject: (projectId: string): Promise<undefined> =>
    answerOf(client.DELETE('/v1/projects/{projectId}', { params: { path: { projectId } } })),

  /** Of one project, or of all that one may see. */
  listApiKeys: (
    projectId: string | undefined,
    query: ApiKeyQuery,
    signal: AbortSignal,
  ): Promise<Page<ApiKey>> =>
    answerOf(
      projectId === undefined
        ? client.GET('/v1/api-keys', { params: { query: given(query) }, signal })
        : client.GET('/v1/projects/{projectId}/api-keys', {
            params: { path: { projectId }, query: given(query) },
            signal,
          }),
    ),
  getApiKey: (key: KeyAddress, signal: AbortSignal): Promise<ApiKey> =>
    answerOf(client.GET(API_KEY, { params: { path: pathOf(key) }, signal })),
  createApiKey: (projectId: string, body: NewApiKey, idempotencyKey: string): Promise<CreatedApiKey> =>
    answerOf(
      client.POST('/v1/projects/{projectId}/api-keys', {
        params: { path: { projectId }, header: { 'Idempotency-Key': idempotencyKey } },
        body,
      }),
    ),
  changeNote: (key: KeyAddress, note: string | null): Promise<ApiKey> =>
    answerOf(client.PATCH(API_KEY, { params: { path: pathOf(key) }, body: { note } })),
  deleteApiKey,
  usage: (key: KeyAddress, signal: AbortSignal): Promise<ApiKeyUsage> =>
    answerOf(client.GET(`${API_KEY}/usage`, { params: { path: pathOf(key) }, signal })),
  listDeletedApiKeys: (
    projectId: string,
    query: DeletedApiKeyQuery,
    signal: AbortSignal,
  ): Promise<Page<DeletedApiKey>> =>
    answerOf(
      client.GET('/v1/projects/{projectId}/deleted-api-keys', {
        params: { path: { projectId }, query: given(query) },
        signal,
      }),
    ),
  findApiKey: (key: string): Promise<FoundApiKey> =>
    answerOf(client.POST('/v1/api-keys/lookup', { body: { key } })),

  listAuditEvents: (query: AuditQuery, signal?: AbortSignal): Promise<Page<AuditEvent>> =>
    answerOf(client.GET('/v1/audit-events', { params: { query: given(query) }, signal: signal ?? null })),
};

/** Without what was left open or empty: for the gateway a parameter is there or it is not. */
function given<Q extends object>(query: Q): { [Name in keyof Q]: Exclude<Q[Name], undefined> } {
  return Object.fromEntries(
    Object.entries(query).filter(([, value]) => value !== undefined && value !== ''),
  ) as { [Name in keyof Q]: Exclude<Q[Name], undefined> };
}

/**
 * Asks once more when no answer has come: the deletion may still complete, and repeating it does no harm. That it is gone
 * by then is the success that was asked for.
 */
async function deleteApiKey(key: KeyAddress): Promise<void> {
  const attempt = (): Promise<undefined> =>
    answerOf(client.DELETE(API_KEY, { params: { path: pathOf(key) } }));
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 0) throw error;
    await attempt().catch((second: unknown) => {
      if (!(second instanceof ApiError) || second.code !== 'api_key_not_found') throw second;
    });
  }
}
