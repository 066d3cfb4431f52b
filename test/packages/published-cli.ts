// What the `traylinx` CLI that is out there sends and reads, request by request: its source is the contract.
import { mintKey } from '#api-key';
import type { ListAuditEventsResponse } from '#contracts';
import type { Answer, GatewayClient } from '../support/gateway-client.js';

const MEDIA_TYPE = 'application/vnd.api+json';
const PLAIN_JSON = 'application/json; charset=utf-8';
/** What the CLI shows of an answer that it did not expect. */
const SHOWN_CHARACTERS = 200;

interface Resource {
  type: string;
  id: string;
  attributes: Record<string, string | null>;
}
interface Created {
  data: Resource;
  meta: { secretKey: string };
}
interface Listed {
  data: Resource[];
  links: { next: string | null };
}
interface Errors {
  errors: {
    status: string;
    code: string;
    title: string;
    detail: string;
    id: string;
    source?: { pointer?: string; parameter?: string };
  }[];
}

/** As the CLI puts it: the address in its environment, and the path behind it. */
class PublishedCli {
  /** `TRAYLINX_METRICS_URL` */
  readonly #url = '/jsonapi/v1';

  constructor(
    private readonly gateway: GatewayClient,
    readonly projectId: string,
    readonly organizationId = '1234',
  ) {}

  get path(): string {
    return `${this.#url}/organizations/${this.organizationId}/projects/${this.projectId}/api_keys`;
  }

  send<T>(method: string, path: string, body?: unknown, token?: string): Promise<Answer<T>> {
    const headers = {
      Authorization: `Bearer ${token ?? this.gateway.adminToken}`,
      'Content-Type': 'application/json',
      Accept: 'application/json',
    };
    return this.gateway.send<T>(method, path, {
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  create<T = Created>(attributes: object): Promise<Answer<T>> {
    return this.send<T>('POST', this.path, { data: { attributes } });
  }

  list(): Promise<Answer<Listed>> {
    return this.send<Listed>('GET', this.path);
  }

  delete<T = Errors>(keyId: string): Promise<Answer<T>> {
    return this.send<T>('DELETE', `${this.path}/${keyId}`);
  }
}

export function describePublishedCli(getGateway: () => GatewayClient): void {
  let gateway: GatewayClient;
  let cli: PublishedCli;
  beforeAll(async () => {
    gateway = getGateway();
    cli = new PublishedCli(gateway, (await gateway.createProject('Of the CLI')).id);
  });

  it('creates a key, reads every field of it, and the key works', async () => {
    const { status, headers, body } = await cli.create({ note: 'CLI created' });
    expect(status).toBe(201);
    expect([headers.get('content-type'), headers.get('cache-control')]).toEqual([PLAIN_JSON, 'no-store']);
    const { secretKey } = body.meta;
    const start = secretKey.slice(0, 8);
    const { createdAt } = body.data.attributes;
    expect(body).toEqual({
      data: {
        type: 'api_keys',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        attributes: {
          note: 'CLI created',
          publicKey: start,
          displaySecretKey: `${start}********`,
          createdAt,
          expiresAt: null,
          lastUsedAt: null,
        },
      },
      meta: { secretKey },
    });
    // The CLI shows the first ten characters of it.
    expect(createdAt?.slice(0, 10)).toBe(new Date().toJSON().slice(0, 10));
    expect((await gateway.auth(secretKey)).status).toBe(200);
  });

  it('creates a key with an expiry, and one that is described by nothing', async () => {
    const expiresAt = '2030-01-01T00:00:00.000Z';
    expect((await cli.create({ note: ' x ', expiresAt })).body.data.attributes).toMatchObject({
      note: 'x',
      expiresAt,
    });
    expect((await cli.create({})).body.data.attributes).toMatchObject({ note: null, expiresAt: null });
  });

  it('lists what it has created, newest first, without the key, and with what it cannot cut in two', async () => {
    const own = new PublishedCli(gateway, (await gateway.createProject('Listed')).id);
    const first = await own.create({ note: 'first' });
    const second = await own.create({ note: 'second' });
    const { status, headers, body } = await own.list();
    expect([status, headers.get('content-type')]).toEqual([200, PLAIN_JSON]);
    expect(body).toEqual({ data: [second.body.data, first.body.data], links: { next: null } });
    for (const { body: created } of [first, second]) {
      expect(JSON.stringify(body)).not.toContain(created.meta.secretKey.slice(8, 20));
    }
    for (const { attributes } of body.data) {
      expect(attributes['publicKey']).toMatch(/^tlx_\w{4}$/);
      expect(attributes['displaySecretKey']?.length).toBeLessThanOrEqual(20);
    }
  });

  it('finds all keys page by page, each once, by following links.next', async () => {
    const own = new PublishedCli(
      gateway,
      (await gateway.createProject('Many')).id,
      'my organization'.replace(' ', '%20'),
    );
    const made: string[] = [];
    for (let i = 0; i < 5; i += 1) made.unshift((await own.create({ note: String(i) })).body.data.id);
    const seen: string[] = [];
    for (let next: string | null = `${own.path}?page[size]=2`; next !== null;) {
      const { body }: Answer<Listed> = await own.send<Listed>('GET', next);
      seen.push(...body.data.map(({ id }) => id));
      next = body.links.next;
    }
    expect(seen).toEqual(made);
  });

  it('deletes a key: it is refused on the next call, and gone when it is deleted again', async () => {
    const { data, meta } = (await cli.create({ note: 'short-lived' })).body;
    expect((await gateway.auth(meta.secretKey)).status).toBe(200);
    const deleted = await cli.delete(data.id);
    expect([deleted.status, deleted.headers.get('content-type')]).toEqual([204, null]);
    expect((await gateway.auth(meta.secretKey)).body.code).toBe('api_key_deleted');
    const again = await cli.delete(data.id);
    expect([again.status, again.body.errors.map(({ code }) => code)]).toEqual([404, ['api_key_not_found']]);
    expect((await cli.list()).body.data.map(({ id }) => id)).not.toContain(data.id);
  });

  it('leaves the same audit events as any other client', async () => {
    const { data } = (await cli.create({ note: 'audited' })).body;
    await cli.delete(data.id);
    const { body } = await gateway.admin<ListAuditEventsResponse>(
      'GET',
      `/v1/audit-events?projectId=${cli.projectId}&limit=2`,
    );
    expect(body.data.map(({ action, targetId, actor }) => [action, targetId, actor])).toEqual([
      ['api-key.deleted', data.id, 'admin-token'],
      ['api-key.created', data.id, 'admin-token'],
    ]);
  });

  it.each<[what: string, attempt: () => Promise<Answer<Errors>>, status: number, error: object]>([
    [
      'a project that is not there',
      () => new PublishedCli(gateway, '00000000-0000-4000-8000-000000000000').create<Errors>({ note: 'x' }),
      404,
      { code: 'project_not_found' },
    ],
    [
      'a project id that is none',
      () => new PublishedCli(gateway, 'my-project').create<Errors>({ note: 'x' }),
      400,
      { code: 'invalid_request', source: { parameter: 'projectId' }, detail: 'projectId must be a UUID' },
    ],
    [
      'a note that is too long',
      () => cli.create<Errors>({ note: 'x'.repeat(201) }),
      400,
      { code: 'invalid_request', source: { pointer: '/data/attributes/note' } },
    ],
    [
      'a key as a note',
      () => cli.create<Errors>({ note: mintKey() }),
      400,
      { source: { pointer: '/data/attributes/note' } },
    ],
    [
      'an attribute that nobody knows',
      () => cli.create<Errors>({ scopes: ['*'] }),
      400,
      { source: { pointer: '/data/attributes/scopes' } },
    ],
    ['no data', () => cli.send<Errors>('POST', cli.path, {}), 400, { source: { pointer: '/data' } }],
    [
      'no attributes',
      () => cli.send<Errors>('POST', cli.path, { data: {} }),
      400,
      { source: { pointer: '/data/attributes' } },
    ],
    [
      'a resource of another type',
      () => cli.send<Errors>('POST', cli.path, { data: { type: 'projects', attributes: {} } }),
      400,
      { source: { pointer: '/data/type' } },
    ],
    [
      'a page size that is none',
      () => cli.send<Errors>('GET', `${cli.path}?page[size]=0`),
      400,
      { source: { parameter: 'page[size]' } },
    ],
    [
      'a cursor that is not ours',
      () => cli.send<Errors>('GET', `${cli.path}?page[cursor]=MS5ub3QtYS11dWlk`),
      400,
      { source: { parameter: 'page[cursor]' } },
    ],
    [
      'a path that is not there',
      () => cli.send<Errors>('GET', '/jsonapi/v1/user_settings?client=cli'),
      404,
      { code: 'route_not_found' },
    ],
    [
      'a method that is not there',
      () => cli.send<Errors>('PUT', cli.path, {}),
      405,
      { code: 'method_not_allowed' },
    ],
    [
      'a token that is wrong',
      () => cli.send<Errors>('GET', cli.path, undefined, mintKey()),
      401,
      { code: 'admin_credential_invalid' },
    ],
  ])('is told what is wrong in the form that it prints: %s', async (_what, attempt, status, error) => {
    const answer = await attempt();
    const [first] = answer.body.errors;
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, PLAIN_JSON]);
    expect(first).toMatchObject({
      status: String(status),
      id: answer.headers.get('x-request-id'),
      ...error,
    });
    expect(JSON.stringify(answer.body).slice(0, SHOWN_CHARACTERS)).toContain(first?.detail.slice(0, 60));
    expect(answer.headers.get('www-authenticate') !== null).toBe(status === 401);
  });

  it('a client that speaks JSON:API is answered in it, whatever the answer', async () => {
    const headers = { authorization: `Bearer ${gateway.adminToken}`, accept: MEDIA_TYPE };
    const create = (type: string) =>
      gateway.send('POST', cli.path, {
        headers: { ...headers, 'content-type': type },
        body: JSON.stringify({ data: { type: 'api_keys', attributes: { note: 'x' } } }),
      });
    for (const [type, status] of [
      [MEDIA_TYPE, 201],
      [`${MEDIA_TYPE}; charset=utf-8`, 201],
      [`${MEDIA_TYPE}; ext="https://example.com/ext"`, 415],
      ['text/plain', 415],
    ] as const) {
      const answer = await create(type);
      expect([type, answer.status, answer.headers.get('content-type')]).toEqual([type, status, MEDIA_TYPE]);
    }
    for (const [path, status] of [
      [cli.path, 200],
      ['/jsonapi/v1/nothing', 404],
    ] as const) {
      const answer = await gateway.send('GET', path, { headers });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, MEDIA_TYPE]);
    }
    // Nowhere else.
    const elsewhere = await gateway.send('POST', '/v1/projects', {
      headers: { ...headers, 'content-type': MEDIA_TYPE },
      body: '{"name":"x"}',
    });
    expect([elsewhere.status, elsewhere.headers.get('content-type')]).toEqual([
      415,
      'application/problem+json; charset=utf-8',
    ]);
  });
}
