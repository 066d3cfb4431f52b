import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { mintKey } from '#api-key';
import type { Project } from '#contracts';
import { jest } from '@jest/globals';
import { exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { isOwnSegment } from '../apps/gateway/src/proxy/proxy-routes.js';
import { startPlatform } from '../tools/stack/platform.mjs';
import { storeEnvironment } from '../tools/stack/service-environment.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { askPairs, makeFullProject, stateOf } from './support/cross-project-pairs.js';
import { eventually } from './support/eventually.js';
import {
  type Answer,
  type CreatedApiKey,
  GatewayClient,
  type ProblemBody,
} from './support/gateway-client.js';
import { inParallel } from './support/in-parallel.js';
import { AUDIENCE, CONSOLE_CLIENT, IdentityProvider } from './support/identity-provider.js';

/** `npm run prove:pairs` asks 10,000. */
const PAIRS = Number(process.env['CROSS_PROJECT_PAIRS'] ?? 500);
const FOREIGN_PROJECTS = 8;
const PROJECT_A = 'project-a';

type Platform = Awaited<ReturnType<typeof startPlatform>>;

let platform: Platform;
let gateway: GatewayClient;
let provider: IdentityProvider;
let own: Project;
let foreign: Project;
let ownKey: CreatedApiKey;

const roles: Record<string, string[]> = { admin: ['admin'], viewer: ['viewer'], nobody: ['something-else'] };

beforeAll(async () => {
  // The provider warns of being a provider for tests.
  for (const level of ['info', 'warn'] as const) jest.spyOn(console, level).mockReturnValue();
  const dir = temporaryDirectory('identities');
  // The ids of projects are not known before there is a gateway, and the provider asks for roles when it needs them.
  provider = await IdentityProvider.start(
    Object.assign(roles, { 'admin-of-own': [], 'viewer-of-own': [], 'admin-of-foreign': [] }),
  );
  platform = await startPlatform({
    dir,
    env: {
      gateway: {
        ...provider.environment,
        MAX_FAILED_CREDENTIALS_PER_MINUTE: '0',
        MAX_AUDITED_DENIALS: '1000',
      },
    },
  });
  gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
  [own, foreign] = [await gateway.createProject(PROJECT_A), await gateway.createProject('Somebody else')];
  ownKey = await gateway.createKey(own.id);
  roles['admin-of-own'] = [`project:${own.id}:admin`];
  roles['viewer-of-own'] = [`project:${own.id}:viewer`];
  roles['admin-of-foreign'] = [`project:${foreign.id}:admin`];
}, 120_000);

afterAll(async () => {
  await platform.stop();
  await provider.close();
}, 60_000);

function as<T = ProblemBody>(token: string, method: string, path: string, body?: object): Promise<Answer<T>> {
  return gateway.send<T>(method, path, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const summary = ({ status, body }: Answer<ProblemBody>): [number, string] => [status, body.code];

describe('an access token', () => {
  it('is taken when the provider has made it for this service, with its roles', async () => {
    const token = await provider.accessToken('admin-of-own');
    const { status, body } = await as(token, 'GET', '/v1/me');
    expect([status, body]).toEqual([
      200,
      {
        actor: 'admin-of-own',
        name: 'admin-of-own',
        roles: [{ role: 'admin', projectId: own.id }],
        csrfToken: null,
        expiresAt: expect.stringMatching(/Z$/),
      },
    ]);
    const created = await as<CreatedApiKey>(token, 'POST', `/v1/projects/${own.id}/api-keys`, {});
    expect([created.status, created.body.createdBy]).toEqual([201, 'admin-of-own']);
  });

  it.each<[what: string, token: () => Promise<string> | string]>([
    ['of another issuer', () => provider.forge({ iss: 'https://other.test' })],
    ['for another audience', () => provider.forge({ aud: 'https://other.test' })],
    ['for no audience', () => provider.forge({ aud: undefined })],
    ['for the console', () => provider.forge({ aud: CONSOLE_CLIENT })],
    ['that has expired', () => provider.forge({ exp: Math.floor(Date.now() / 1_000) - 1 })],
    ['that never expires', () => provider.forge({ exp: undefined })],
    ['that is not good yet', () => provider.forge({ nbf: Math.floor(Date.now() / 1_000) + 60 })],
    ['without a subject', () => provider.forge({ sub: undefined })],
    ['that is an ID token, by its nonce', () => provider.forge({ nonce: 'n' })],
    ['that is an ID token, by its hash', () => provider.forge({ at_hash: 'h' })],
    ['of another type', () => provider.forge({}, { typ: 'logout+jwt' })],
    ['that is not signed', () => new UnsecuredJWT(claims()).encode()],
    ['signed with the public key as a secret', () => signedWithPublicKey()],
    ['signed by an algorithm that is not allowed', () => provider.forge({}, { alg: 'RS512' })],
    ['signed by somebody else', () => signedBySomebodyElse()],
    ['whose claims were changed', async () => tampered(await provider.accessToken('viewer'))],
    ['without its signature', async () => (await provider.accessToken('admin')).replace(/[^.]*$/, '')],
  ])('%s is refused', async (_what, makeToken) => {
    const answer = await as(await makeToken(), 'GET', '/v1/projects');
    expect(summary(answer)).toEqual([401, 'admin_credential_invalid']);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('of the provider is good until it expires, and not a second longer', async () => {
    const token = await provider.accessToken('viewer', { expiresSoon: true });
    expect((await as(token, 'GET', '/v1/me')).status).toBe(200);
    await eventually(async () => {
      expect(summary(await as(token, 'GET', '/v1/me'))).toEqual([401, 'admin_credential_invalid']);
    });
  });

  it('of a key that was made a moment ago is good, and of one that the provider has dropped no longer', async () => {
    const before = await provider.accessToken('admin');
    await provider.rotateKeys();
    const after = await provider.accessToken('admin');
    expect((await as(after, 'GET', '/v1/projects')).status).toBe(200);
    expect(summary(await as(before, 'GET', '/v1/projects'))).toEqual([401, 'admin_credential_invalid']);
  });

  it('is good while the provider is away, unless it needs a key that nobody has seen: 503, not 401', async () => {
    const known = await provider.accessToken('admin');
    expect((await as(known, 'GET', '/v1/projects')).status).toBe(200);
    await provider.close();
    try {
      expect((await as(known, 'GET', '/v1/projects')).status).toBe(200);
      await provider.rotateKeys();
      const answer = await as(await provider.forge({}), 'GET', '/v1/projects');
      expect(summary(answer)).toEqual([503, 'unavailable']);
      expect(answer.headers.get('retry-after')).toBe('1');
    } finally {
      await provider.open();
    }
    const token = await provider.accessToken('admin');
    await eventually(async () => {
      expect((await as(token, 'GET', '/v1/projects')).status).toBe(200);
    });
  });

  function claims(): Record<string, unknown> {
    const nowS = Math.floor(Date.now() / 1_000);
    return { iss: provider.issuer, aud: AUDIENCE, sub: 'x', exp: nowS + 600, roles: ['admin'] };
  }

  async function signedWithPublicKey(): Promise<string> {
    const { keys } = (await (await fetch(`${provider.issuer}/jwks`)).json()) as { keys: [{ kid: string }] };
    const secret = new TextEncoder().encode(await exportSPKI((await importJWK(keys[0], 'RS256')) as never));
    return new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: keys[0].kid }).sign(secret);
  }

  async function signedBySomebodyElse(): Promise<string> {
    const other = await IdentityProvider.start({});
    await other.close();
    return other.forge({ iss: provider.issuer }, { kid: String(provider.keyId) });
  }

  function tampered(token: string): string {
    const [head = '', body = '', signature = ''] = token.split('.');
    const changed = Buffer.from(body, 'base64url').toString().replace('"viewer"', '"admin"');
    return [head, Buffer.from(changed).toString('base64url'), signature].join('.');
  }
});

describe('every route', () => {
  type Outcome = 'let in' | 401 | 403 | 404;
  type Identity =
    | 'none'
    | 'expired'
    | 'an API key'
    | 'nobody'
    | 'viewer'
    | 'admin'
    | 'viewer-of-own'
    | 'admin-of-own'
    | 'admin-of-foreign';

  const EVERYBODY: readonly Identity[] = [
    'none', 'expired', 'an API key', 'nobody', 'viewer', 'admin', 'viewer-of-own', 'admin-of-own', 'admin-of-foreign',
  ]; // prettier-ignore

  /** Who comes how far, by policy; the routes of projects are asked for `own`. */
  const EXPECTED: Record<string, Partial<Record<Identity, Outcome>>> = {
    'signed-in': { nobody: 'let in', viewer: 'let in', admin: 'let in', 'viewer-of-own': 'let in', 'admin-of-own': 'let in', 'admin-of-foreign': 'let in' },
    viewer: { nobody: 403, viewer: 'let in', admin: 'let in', 'viewer-of-own': 'let in', 'admin-of-own': 'let in', 'admin-of-foreign': 'let in' },
    admin: { nobody: 403, viewer: 403, admin: 'let in', 'viewer-of-own': 403, 'admin-of-own': 403, 'admin-of-foreign': 403 },
    'project-viewer': { nobody: 404, viewer: 'let in', admin: 'let in', 'viewer-of-own': 'let in', 'admin-of-own': 'let in', 'admin-of-foreign': 404 },
    'project-admin': { nobody: 404, viewer: 403, admin: 'let in', 'viewer-of-own': 403, 'admin-of-own': 'let in', 'admin-of-foreign': 404 },
  }; // prettier-ignore

  it('declares who may use it, and lets in nobody else', async () => {
    const routes = await routesOfGateway();
    expect(routes.filter(({ policy }) => policy === undefined)).toEqual([]);
    const guarded = routes.filter(({ policy }) => policy !== undefined && policy in EXPECTED);
    // What does not ask for an admin is listed here, so that nobody opens a route by mistake.
    // Files and pages of the console are outside of it: they can be read, and nothing else.
    const others = routes.filter((route) => !guarded.includes(route) && !isOfConsole(route));
    expect([...new Set(others.map(({ url, policy }) => `${String(policy)} ${url}`))].toSorted()).toEqual(
      OPEN_ROUTES,
    );

    // What is forwarded to services takes no path from us.
    const segments = routes
      .map(({ url }) => url.split('/')[1] ?? '')
      .filter((segment) => !segment.includes('.'));
    expect(segments.filter((segment) => segment !== '' && !isOwnSegment(segment))).toEqual([]);

    const tokens = await tokensOf();
    const wrong: string[] = [];
    let tried = 0;
    for (const { method, url, policy } of guarded) {
      for (const identity of EVERYBODY) {
        // Nobody can be let in twice to delete something: what is asked for does not exist.
        const path = url.replace(':projectId', own.id).replace(/:\w+/g, randomUUID());
        const token = tokens[identity];
        const { status } = await gateway.send(method, path, {
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
          signal: AbortSignal.timeout(10_000),
        });
        const expected = EXPECTED[policy ?? '']?.[identity] ?? 401;
        const isOpen =
          method === 'DELETE' && url === '/v1/projects/:projectId'
            ? status === 409
            : status !== 401 && status !== 403;
        const isRight = expected === 'let in' ? isOpen : status === expected;
        if (!isRight)
          wrong.push(`${method} ${url} answers ${identity} ${String(status)}, not ${String(expected)}`);
        tried++;
      }
    }
    console.log(
      `${String(guarded.length)} of ${String(routes.length)} routes × ${String(EVERYBODY.length)} identities: ${String(tried)} requests`,
    );
    expect(wrong).toEqual([]);
  }, 120_000);

  const isOfConsole = ({ method, url, policy }: { method: string; url: string; policy?: string }): boolean =>
    policy === 'everyone' && ['GET', 'HEAD'].includes(method) && !url.startsWith('/v1');

  const OPEN_ROUTES = [
    'everyone /v1/session',
    'everyone /v1/session/callback',
    'everyone /v1/session/sign-in',
    'everyone /v1/sign-in-methods',
    'key-holder /v1/api-keys/self',
    'key-holder /v1/auth',
    'key-holder /v1/auth/*',
    'key-holder /v1/whoami',
    'platform-service /v1/api-keys/batch-verify',
    'platform-service /v1/api-keys/verify',
  ];

  async function tokensOf(): Promise<Record<Identity, string | undefined>> {
    const of = (client: Identity): Promise<string> => provider.accessToken(client);
    return {
      none: undefined,
      expired: await provider.forge({ exp: Math.floor(Date.now() / 1_000) - 1 }),
      'an API key': ownKey.key,
      nobody: await of('nobody'),
      viewer: await of('viewer'),
      admin: await of('admin'),
      'viewer-of-own': await of('viewer-of-own'),
      'admin-of-own': await of('admin-of-own'),
      'admin-of-foreign': await of('admin-of-foreign'),
    };
  }

  async function routesOfGateway(): Promise<{ method: string; url: string; policy?: string }[]> {
    const { credentials, databaseUrl, redisUrl, sessionRedisUrl, natsUrl } = platform;
    const ownServers = { hasOwnRedis: true, hasOwnSessionRedis: true, hasOwnNats: true };
    const stores = { credentials, databaseUrl, redisUrl, sessionRedisUrl, natsUrl, ...ownServers };
    // Not synchronously: the provider is in this process, and would neither answer nor close connections meanwhile.
    const { stdout } = await promisify(execFile)(process.execPath, ['test/support/route-table.mjs'], {
      env: { ...process.env, ...storeEnvironment('gateway', stores) },
    });
    return JSON.parse(stdout) as { method: string; url: string; policy?: string }[];
  }
});

describe('what somebody may not see', () => {
  it(`is answered as what does not exist: ${String(PAIRS)} pairs`, async () => {
    const names = Array.from({ length: FOREIGN_PROJECTS }, (_none, i) => `Secret ${String(i)}`);
    const projects = await inParallel(names, 2, (name) => makeFullProject(gateway, name));
    const before = await Promise.all(projects.map((one) => stateOf(gateway, one)));
    const askers = await Promise.all(
      ['admin-of-own', 'viewer-of-own', 'nobody'].map(async (who) => ({
        token: await provider.accessToken(who),
        ...(who === 'nobody' ? {} : { ownProjectId: own.id }),
      })),
    );
    const seed = Number(process.env['CROSS_PROJECT_SEED'] ?? 1);
    const leaks = await askPairs(gateway, { pairs: PAIRS, seed, askers, projects });
    console.log(`seed ${String(seed)}: ${String(PAIRS)} pairs, ${String(leaks.length)} leaks`);
    expect(leaks.slice(0, 10)).toEqual([]);
    expect(await Promise.all(projects.map((one) => stateOf(gateway, one)))).toEqual(before);
    const live = projects.flatMap(({ keys }) => keys.slice(0, -1));
    expect(
      new Set((await inParallel(live, 4, ({ key }) => gateway.auth(key))).map(({ status }) => status)),
    ).toEqual(new Set([200]));
  }, 900_000);

  it('is not in lists, and not in the audit trail', async () => {
    const token = await provider.accessToken('viewer-of-own');
    const projects = await as<{ data: Project[] }>(token, 'GET', '/v1/projects');
    expect(projects.body.data.map(({ id }) => id)).toEqual([own.id]);
    const events = await as<{ data: { projectId: string | null }[] }>(
      token,
      'GET',
      '/v1/audit-events?limit=200',
    );
    expect(new Set(events.body.data.map(({ projectId }) => projectId))).toEqual(new Set([own.id]));
  });

  it('leaves a trace when somebody tries', async () => {
    const token = await provider.accessToken('admin-of-own');
    const missing = randomUUID();
    await as(token, 'GET', `/v1/projects/${missing}`);
    await as(await provider.accessToken('viewer'), 'POST', '/v1/projects', { name: 'x' });
    await as(mintKey(), 'GET', '/v1/projects');
    await eventually(async () => {
      const { body } = await gateway.admin<{
        data: { actor: string; detail: string; projectId: string | null }[];
      }>('GET', '/v1/audit-events?action=access.denied&limit=200');
      const traces = body.data.map(({ actor, detail }) => `${actor}: ${detail}`);
      expect(traces).toContain('admin-of-own: not_visible: GET /v1/projects/:projectId');
      expect(traces).toContain('viewer: forbidden: POST /v1/projects');
      expect(traces).toContain('anonymous: admin_credential_invalid: GET /v1/projects');
    });
  });
});
