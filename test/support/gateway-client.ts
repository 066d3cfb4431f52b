import type { ApiKey, Project } from '#contracts';

export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, else undefined. */
  body: T;
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance: string;
  code: string;
  requestId: string;
  errors?: { pointer: string; message: string }[];
}

export type CreatedApiKey = ApiKey & { key: string };

/** The gateway as its callers and admins see it: plain HTTP, no code of ours in between. */
export class GatewayClient {
  constructor(
    readonly url: string,
    readonly adminToken: string,
  ) {}

  async send<T = unknown>(method: string, path: string, init: RequestInit = {}): Promise<Answer<T>> {
    const response = await fetch(this.url + path, { method, ...init });
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson && text !== '' ? JSON.parse(text) : undefined) as T,
    };
  }

  /** With the admin token, and a body of JSON. */
  admin<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    return this.send<T>(method, path, {
      headers: {
        authorization: `Bearer ${this.adminToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  auth(key: string, path = ''): Promise<Answer<ProblemBody>> {
    return this.send('GET', `/v1/auth${path}`, { headers: { authorization: `Bearer ${key}` } });
  }

  whoami<T = ProblemBody>(key: string): Promise<Answer<T>> {
    return this.send('GET', '/v1/whoami', { headers: { authorization: `Bearer ${key}` } });
  }

  verify<T = { valid?: boolean; code: string }>(body: unknown): Promise<Answer<T>> {
    return this.post('/v1/api-keys/verify', body);
  }

  batchVerify<T = { results: { valid?: boolean; code: string }[] }>(body: unknown): Promise<Answer<T>> {
    return this.post('/v1/api-keys/batch-verify', body);
  }

  async createProject(name = 'Test'): Promise<Project> {
    return (await this.admin<Project>('POST', '/v1/projects', { name })).body;
  }

  async createKey(projectId: string, body: object = {}): Promise<CreatedApiKey> {
    return (await this.admin<CreatedApiKey>('POST', `/v1/projects/${projectId}/api-keys`, body)).body;
  }

  deleteKey({ projectId, id }: { projectId: string; id: string }): Promise<Answer> {
    return this.admin('DELETE', `/v1/projects/${projectId}/api-keys/${id}`);
  }

  private post<T>(path: string, body: unknown): Promise<Answer<T>> {
    return this.send<T>('POST', path, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }
}
