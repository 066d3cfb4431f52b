import { hashKey, mintKey } from '#api-key';
import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startPlatform } from '../../tools/stack/platform.mjs';
import { temporaryDirectory } from '../../tools/stack/servers.mjs';
import { asOwner } from '../../test/support/database.js';
import { GatewayClient } from '../../test/support/gateway-client.js';
import { IdentityProvider } from '../../test/support/identity-provider.js';
import { inParallel } from '../../test/support/in-parallel.js';
import { copyOfBuild } from '../harness/planted-build.mjs';
import { AnswerChecker } from './answers.mjs';
import { goodRequest, MISDEEDS, operationsOf, send } from './every-status.mjs';
import { PLANTS } from './plants.mjs';
import { ORIGIN, PROVED_PLATFORM, proveApi } from './proof.mjs';

const REQUESTS = 5_000;
const SEED = 1;
const AT_ONCE = 12;

type World = Parameters<typeof goodRequest>[1];
type Operation = Parameters<typeof goodRequest>[0];
type Asked = Parameters<typeof send>[0];

describe('the API document', () => {
  let provider: IdentityProvider;
  let platform: Awaited<ReturnType<typeof startPlatform>>;
  let checker: AnswerChecker;
  let operations: Operation[];
  let world: World;
  const seen = new Set<string>();

  beforeAll(async () => {
    // The provider warns of being a provider for tests.
    for (const level of ['info', 'warn'] as const) jest.spyOn(console, level).mockReturnValue();
    const roles: Record<string, string[]> = { viewer: ['viewer'], nobody: [] };
    provider = await IdentityProvider.start(roles, [`${ORIGIN}/v1/session/callback`]);
    const { env, ...rest } = PROVED_PLATFORM;
    const document = await import('../../docs/openapi.json', { with: { type: 'json' } });
    operations = operationsOf(document.default);
    checker = new AnswerChecker(document.default);
    const gateway = {
      ...env.gateway,
      ...provider.environment,
      ADMIN_TOKEN_PREVIOUS: example('signIn', 'adminToken'),
    };
    platform = await startPlatform({
      dir: temporaryDirectory('api-proof'),
      ...rest,
      env: { ...env, gateway },
    });
    world = await makeWorld();
  }, 120_000);

  afterAll(async () => {
    await platform.stop();
    await provider.close();
  }, 60_000);

  it(`allows each answer to ${String(REQUESTS)} random and hostile requests, and none is 5xx`, async () => {
    const {
      violations,
      operations: asked,
      requests,
    } = await proveApi(platform, {
      seed: SEED,
      requests: REQUESTS,
    });
    console.log(`${String(requests)} requests, ${String(asked)} operations`);
    expect(violations).toEqual([]);
  }, 300_000);

  it('has an example of each body, and each one succeeds', async () => {
    expect(operations.filter(({ id, operation }) => 'requestBody' in operation && !hasExample(id))).toEqual(
      [],
    );
    await seedExampleKey();
    const wrong = await inParallel(operations, AT_ONCE, async (operation) => {
      const good = await goodRequest(operation, world);
      return ask(operation, good, (status) => status >= 200 && status < 400);
    });
    expect(wrong.flat()).toEqual([]);
  }, 120_000);

  it('has no status that an operation does not answer with', async () => {
    const tries = operations.flatMap((operation) =>
      Object.keys(operation.operation['responses'] as object)
        .map(Number)
        .filter((status) => status in MISDEEDS && !hasNoProvider(operation.id, status))
        .map((status) => ({ operation, status })),
    );
    const wrong = await inParallel(tries, AT_ONCE, async ({ operation, status }) => {
      const bad = await MISDEEDS[status]?.(await goodRequest(operation, world), operation, world);
      return bad === undefined ? [] : ask(operation, bad, (answered) => answered === status);
    });
    expect(wrong.flat()).toEqual([]);
  }, 300_000);

  it('says 503 of what needs others, and that is what it gets when they are away', async () => {
    const dependent = operations.filter(({ operation }) => '503' in (operation['responses'] as object));
    const good = await inParallel(dependent, AT_ONCE, (operation) => goodRequest(operation, world));
    const { cookie } = await world.signIn();
    await platform.servers.sessionRedis?.kill();
    await platform.servers.nats?.kill();
    const wrong = await Promise.all(
      dependent.map((operation, i) => {
        const asked = operation.id === 'getMe' ? { ...good[i], headers: { cookie } } : good[i];
        return ask(operation, asked as Asked, (status) => status === 503);
      }),
    );
    expect(wrong.flat()).toEqual([]);
  }, 120_000);

  it('has no other status than these, and 500, which nobody can bring about', () => {
    const documented = operations.flatMap(({ id, operation }) =>
      Object.keys(operation['responses'] as object).map((status) => `${id} ${status}`),
    );
    const unseen = documented.filter((one) => !seen.has(one) && !one.endsWith(' 500'));
    // There is a provider here.
    expect(unseen).toEqual(['completeSignIn 404', 'beginSignIn 404']);
    console.log(`${String(seen.size)} statuses of ${String(operations.length)} operations`);
  });

  async function ask(
    operation: Operation,
    asked: Asked,
    isExpected: (status: number) => boolean,
  ): Promise<string[]> {
    const answer = await send(asked, world);
    seen.add(`${operation.id} ${String(answer.status)}`);
    const wrong = checker.violations({ operation: operation.operation, ...asked }, answer);
    if (!isExpected(answer.status)) wrong.push(`the answer is ${String(answer.status)}`);
    return wrong.map((one) => `${operation.id}: ${one}: ${answer.text.slice(0, 300)}`);
  }

  const hasNoProvider = (id: string, status: number): boolean =>
    status === 404 && ['beginSignIn', 'completeSignIn'].includes(id);

  const exampleOf = (id: string): Record<string, string> | undefined =>
    operations.find((one) => one.id === id)?.operation['requestBody']?.content['application/json'].example as
      Record<string, string> | undefined;
  const hasExample = (id: string): boolean => exampleOf(id) !== undefined;
  const example = (id: string, field: string): string => exampleOf(id)?.[field] ?? '';

  async function makeWorld(): Promise<World> {
    const [limited = '', unlimited = ''] = platform.gatewayUrls;
    const gateway = new GatewayClient(unlimited, platform.adminToken);
    return {
      doors: { limited, unlimited },
      host: new URL(ORIGIN).host,
      tokens: {
        admin: platform.adminToken,
        viewer: await provider.accessToken('viewer'),
        nobody: await provider.accessToken('nobody'),
      },
      unknownKey: mintKey(),
      makeProject: async () => (await gateway.createProject()).id,
      makeKey: async () => {
        const { id: projectId } = await gateway.createProject();
        const { id: keyId, key } = await gateway.createKey(projectId);
        return { projectId, keyId, key };
      },
      signIn: async () => {
        const { headers } = await gateway.send('POST', '/v1/session', {
          headers: { origin: ORIGIN, 'content-type': 'application/json' },
          body: JSON.stringify({ adminToken: platform.adminToken }),
        });
        const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
        const me = await gateway.send<{ csrfToken: string }>('GET', '/v1/me', { headers: { cookie } });
        return { cookie, csrfToken: me.body.csrfToken };
      },
    };
  }

  /** Nobody can make a key that is known before. */
  async function seedExampleKey(): Promise<void> {
    const key = example('lookupApiKey', 'key');
    const projectId = await world.makeProject();
    await asOwner(platform.databaseUrl, (sql) =>
      sql.query(
        `INSERT INTO key_management.api_keys (id, project_id, key_hash, key_start, state, created_at, created_by)
         VALUES ($1, $2, $3, $4, 'active', now(), 'the test')`,
        [randomUUID(), projectId, Buffer.from(hashKey(key), 'base64url'), key.slice(0, 8)],
      ),
    );
  }
});

// A checker that has never failed proves nothing.
it.each(PLANTS)(
  'catches it when $bug',
  async (plant) => {
    const distDirectory = copyOfBuild(plant);
    const platform = await startPlatform({
      dir: temporaryDirectory(plant.name),
      distDirectory,
      ...PROVED_PLATFORM,
    });
    try {
      const { violations } = await proveApi(platform, { seed: SEED, requests: 500 });
      expect(violations.length).toBeGreaterThan(0);
    } finally {
      await platform.stop();
    }
  },
  120_000,
);
