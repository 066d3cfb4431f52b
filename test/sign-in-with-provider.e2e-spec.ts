import { jest } from '@jest/globals';
import type { Project } from '#contracts';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { anyFreePort } from '../tools/stack/ports.mjs';
import { eventually } from './support/eventually.js';
import { type Answer, GatewayClient, type ProblemBody } from './support/gateway-client.js';
import { IdentityProvider } from './support/identity-provider.js';

let platform: Awaited<ReturnType<typeof startPlatform>>;
let gateway: GatewayClient;
let provider: IdentityProvider;
let project: Project;

const roles: Record<string, string[]> = { ada: ['admin'], vera: [], nobody: [] };

beforeAll(async () => {
  // The provider warns of being a provider for tests.
  for (const level of ['info', 'warn'] as const) jest.spyOn(console, level).mockReturnValue();
  const gatewayPort = await anyFreePort();
  provider = await IdentityProvider.start(roles, [
    `http://127.0.0.1:${String(gatewayPort)}/v1/session/callback`,
  ]);
  platform = await startPlatform({
    dir: temporaryDirectory('sign-in-with-provider'),
    choosePort: (name) => (name === 'gateway-1' ? Promise.resolve(gatewayPort) : anyFreePort()),
    env: {
      gateway: { ...provider.environment, OIDC_NAME: 'the test provider', MAX_SIGN_INS_PER_MINUTE: '0' },
    },
  });
  gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
  project = await gateway.createProject('Website');
  roles['vera'] = [`project:${project.id}:viewer`];
}, 120_000);

afterAll(async () => {
  await platform.stop();
  await provider.close();
}, 60_000);

/** Follows redirects and keeps cookies, as a browser does. */
class Browser {
  readonly cookies = new Map<string, string>();

  async open(url: string): Promise<Response> {
    const { host } = new URL(url);
    const mine = [...this.cookies].filter(([name]) => name.startsWith(`${host} `));
    const cookie = mine.map(([name, value]) => `${name.slice(host.length + 1)}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const text of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (/max-age=0|1970/i.test(text)) this.cookies.delete(`${host} ${name}`);
      else this.cookies.set(`${host} ${name}`, value);
    }
    return response;
  }

  /** @returns where it ends, at the latest at `until` without opening that */
  async follow(url: string, until = /^never$/): Promise<string> {
    for (let at = url; ;) {
      if (until.test(at)) return at;
      const location = (await this.open(at)).headers.get('location');
      if (location === null) return at;
      at = new URL(location, at).href;
      // A page of the console, which needs no server to be told from an API.
      if (at.startsWith(gateway.url) && !at.startsWith(`${gateway.url}/v1/`)) return at;
    }
  }

  signIn(account: string | undefined, returnTo?: string): Promise<string> {
    provider.account = account;
    const query = returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(returnTo)}`;
    return this.follow(`${gateway.url}/v1/session/sign-in${query}`);
  }

  async get<T = ProblemBody>(path: string): Promise<Answer<T>> {
    const response = await this.open(gateway.url + path);
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  }
}

const CALLBACK = /\/v1\/session\/callback\?/;

describe('signing in with the provider', () => {
  it('is offered by its name', async () => {
    const { body } = await gateway.send('GET', '/v1/sign-in-methods');
    expect(body).toEqual({ adminToken: true, oidc: { name: 'the test provider' } });
  });

  it('leads back to where one came from, in a session with the roles of the provider', async () => {
    const browser = new Browser();
    expect(await browser.signIn('vera', '/projects?q=web')).toBe(`${gateway.url}/projects?q=web`);
    const { status, body } = await browser.get<Record<string, unknown>>('/v1/me');
    expect([status, body]).toEqual([
      200,
      {
        actor: 'Name of vera (vera)',
        name: 'Name of vera',
        roles: [{ role: 'viewer', projectId: project.id }],
        csrfToken: expect.any(String),
        expiresAt: expect.any(String),
      },
    ]);
    expect((await browser.get(`/v1/projects/${project.id}`)).status).toBe(200);
    expect([...browser.cookies.keys()].filter((name) => name.includes('traylinx-sign-in'))).toEqual([]);
  });

  it('is in the audit trail', async () => {
    await new Browser().signIn('ada');
    const { body } = await gateway.admin<{ data: { actor: string }[] }>(
      'GET',
      '/v1/audit-events?action=session.signed-in',
    );
    expect(body.data[0]?.actor).toBe('Name of ada (ada)');
  });

  it('asks for a code with PKCE, a state and a nonce, and for nothing else', async () => {
    const browser = new Browser();
    const response = await browser.open(`${gateway.url}/v1/session/sign-in`);
    const { searchParams } = new URL(response.headers.get('location') ?? '');
    expect(response.status).toBe(302);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{20,}$/),
      nonce: expect.stringMatching(/^[\w-]{20,}$/),
      scope: 'openid profile email',
    });
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Host-traylinx-sign-in=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax; Max-Age=600$/,
    );
  });

  it.each([
    '//evil.test',
    '/\\evil.test',
    'https://evil.test',
    '\\\\evil.test',
    'javascript:alert(1)',
    '/a\nb',
    'x',
    '',
  ])('does not lead to %j', async (returnTo) => {
    const query = new URLSearchParams({ returnTo });
    const answer = await gateway.send<ProblemBody>('GET', `/v1/session/sign-in?${query.toString()}`);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
  });

  it('ends on the sign-in page when one changes ones mind', async () => {
    const browser = new Browser();
    expect(await browser.signIn(undefined)).toBe(`${gateway.url}/?sign-in-problem=refused`);
    expect((await browser.get('/v1/me')).status).toBe(401);
  });
});

describe('a callback', () => {
  async function untilCallback(browser = new Browser()): Promise<string> {
    provider.account = 'ada';
    return browser.follow(`${gateway.url}/v1/session/sign-in`, CALLBACK);
  }

  it('works once', async () => {
    const browser = new Browser();
    const callback = await untilCallback(browser);
    const cookies = new Map(browser.cookies);
    expect(await browser.follow(callback)).toBe(`${gateway.url}/`);
    const again = new Browser();
    for (const [name, value] of cookies) again.cookies.set(name, value);
    expect(await again.follow(callback)).toBe(`${gateway.url}/?sign-in-problem=expired`);
    expect((await again.get('/v1/me')).status).toBe(401);
  });

  it('of one browser signs nobody in in another: neither with nor without an attempt of its own', async () => {
    const callback = await untilCallback();
    const victim = new Browser();
    expect(await victim.follow(callback)).toBe(`${gateway.url}/?sign-in-problem=expired`);
    await untilCallback(victim);
    expect(await victim.follow(callback)).toBe(`${gateway.url}/?sign-in-problem=refused`);
    expect((await victim.get('/v1/me')).status).toBe(401);
  });

  it.each([
    ['another state', (url: URL) => url.searchParams.set('state', 'x'.repeat(43))],
    ['no state', (url: URL) => url.searchParams.delete('state')],
    ['another code', (url: URL) => url.searchParams.set('code', 'x'.repeat(43))],
    ['another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.test')],
  ])('with %s is refused', async (_what, change) => {
    const browser = new Browser();
    const callback = new URL(await untilCallback(browser));
    change(callback);
    expect(await browser.follow(callback.href)).toBe(`${gateway.url}/?sign-in-problem=refused`);
    expect((await browser.get('/v1/me')).status).toBe(401);
  });

  it('while the provider is away says so, and the next attempt works', async () => {
    const browser = new Browser();
    const callback = await untilCallback(browser);
    await provider.close();
    try {
      expect(await browser.follow(callback)).toBe(`${gateway.url}/?sign-in-problem=unavailable`);
    } finally {
      await provider.open();
    }
    await eventually(async () => {
      expect(await browser.signIn('ada')).toBe(`${gateway.url}/`);
    });
    expect((await browser.get('/v1/me')).status).toBe(200);
  });
});

describe('whoever has signed in with the provider', () => {
  it('and has no role sees who they are, and nothing else', async () => {
    const browser = new Browser();
    await browser.signIn('nobody');
    expect((await browser.get<{ roles: unknown[] }>('/v1/me')).body.roles).toEqual([]);
    const answer = await browser.get('/v1/projects');
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
  });

  it('may not change what they may only look at', async () => {
    const browser = new Browser();
    await browser.signIn('vera');
    const { csrfToken } = (await browser.get<{ csrfToken: string }>('/v1/me')).body;
    const cookie = [...browser.cookies]
      .filter(([name]) => name.includes('traylinx-session'))
      .map(([name, value]) => `${name.split(' ')[1] ?? ''}=${value}`)
      .join('; ');
    const answer = await gateway.send<ProblemBody>('PATCH', `/v1/projects/${project.id}`, {
      headers: { cookie, origin: gateway.url, 'x-csrf-token': csrfToken, 'content-type': 'application/json' },
      body: '{"name":"x"}',
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
  });
});
