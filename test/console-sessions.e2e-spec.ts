import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { eventually } from './support/eventually.js';
import { type Answer, GatewayClient, type ProblemBody } from './support/gateway-client.js';

const SECURE_COOKIE = '__Host-traylinx-session';
const IDLE_S = 2;
const MAX_AGE_S = 5;
const PUBLIC_ORIGIN = 'http://keys.test:8080';

let platform: Awaited<ReturnType<typeof startPlatform>>;
/** As it comes; with short timeouts; with plain http allowed at one address. */
let gateway: GatewayClient;
let hasty: GatewayClient;
let exposed: GatewayClient;

beforeAll(async () => {
  platform = await startPlatform({
    dir: temporaryDirectory('console-sessions'),
    replicas: { gateway: 3 },
    env: {
      gateway: { MAX_SIGN_INS_PER_MINUTE: '0' },
      'gateway-2': { SESSION_IDLE_TIMEOUT_S: String(IDLE_S), SESSION_MAX_AGE_S: String(MAX_AGE_S) },
      'gateway-3': { PUBLIC_URL: PUBLIC_ORIGIN },
    },
  });
  [gateway, hasty, exposed] = platform.gatewayUrls.map(
    (url) => new GatewayClient(url, platform.adminToken),
  ) as [GatewayClient, GatewayClient, GatewayClient];
}, 120_000);

afterAll(() => platform.stop(), 60_000);

interface Me {
  actor: string;
  name: string;
  roles: unknown[];
  csrfToken: string | null;
  expiresAt: string | null;
}

/** A page in a browser that has the console open, with nothing but a cookie. */
class Page {
  cookie = '';

  constructor(
    readonly door: GatewayClient,
    readonly origin = new URL(door.url).origin,
  ) {}

  async signIn(adminToken = platform.adminToken, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await this.door.send('POST', '/v1/session', {
      headers: { 'content-type': 'application/json', origin: this.origin, cookie: this.cookie, ...headers },
      body: JSON.stringify({ adminToken }),
    });
    this.cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? this.cookie;
    return answer;
  }

  get<T = ProblemBody>(path: string): Promise<Answer<T>> {
    return this.door.send<T>('GET', path, { headers: { cookie: this.cookie } });
  }

  me(): Promise<Answer<Me>> {
    return this.get<Me>('/v1/me');
  }

  async change<T = ProblemBody>(method: string, path: string, body?: object): Promise<Answer<T>> {
    const csrfToken = (await this.me()).body.csrfToken ?? '';
    return this.changeWith(method, path, { origin: this.origin, 'x-csrf-token': csrfToken }, body);
  }

  changeWith<T = ProblemBody>(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: object,
  ): Promise<Answer<T>> {
    return this.door.send<T>(method, path, {
      headers: {
        cookie: this.cookie,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

async function signedIn(door = gateway): Promise<Page> {
  const page = new Page(door);
  expect((await page.signIn()).status).toBe(204);
  return page;
}

const summary = ({ status, body }: Answer<ProblemBody>): [number, string] => [status, body.code];

async function withSessionRedis<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(platform.sessionRedisUrl);
  try {
    return await work(redis);
  } finally {
    await redis.quit();
  }
}

describe('signing in with the admin token', () => {
  it('gives a cookie that scripts cannot read and other sites cannot send, and no token to the page', async () => {
    const page = new Page(gateway);
    const answer = await page.signIn();
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toMatch(
      new RegExp(`^${SECURE_COOKIE}=[\\w-]{43}; Path=/; HttpOnly; Secure; SameSite=Strict$`),
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { status, body } = await page.me();
    expect(status).toBe(200);
    expect(body).toEqual({
      actor: 'admin-token',
      name: 'Admin token',
      roles: [{ role: 'admin', projectId: null }],
      csrfToken: expect.stringMatching(/^[\w-]{43}$/),
      expiresAt: expect.stringMatching(/Z$/),
    });
  });

  it('is what the sign-in page may offer, without being asked who one is', async () => {
    const { status, body } = await gateway.send('GET', '/v1/sign-in-methods');
    expect([status, body]).toEqual([200, { adminToken: true, oidc: null }]);
  });

  it('lets the page do what the token may do', async () => {
    const page = await signedIn();
    const created = await page.change<{ id: string }>('POST', '/v1/projects', { name: 'From a browser' });
    expect(created.status).toBe(201);
    expect((await page.get(`/v1/projects/${created.body.id}`)).status).toBe(200);
    expect((await page.change('DELETE', `/v1/projects/${created.body.id}`)).status).toBe(204);
  });

  it.each([
    ['another token', 'x'.repeat(40)],
    ['one that is cut', () => platform.adminToken.slice(0, -1)],
    ['an API key', 'tlx_6nYfTKlhYMH1hM1U3pnNhb1fm2U9sm9S3AQTYBmoqIg2gBTni'],
  ])('is refused with %s', async (_what, token) => {
    const page = new Page(gateway);
    const answer = await page.signIn(typeof token === 'string' ? token : token());
    expect(summary(answer as Answer<ProblemBody>)).toEqual([401, 'admin_credential_invalid']);
    expect(page.cookie).toBe('');
  });

  it('takes a token that was pasted with a newline', async () => {
    expect((await new Page(gateway).signIn(` ${platform.adminToken}\n`)).status).toBe(204);
  });

  it('begins a new session each time, never one under an id that was brought along, and ends the old one', async () => {
    const page = await signedIn();
    const first = page.cookie;
    await page.signIn();
    expect(page.cookie).not.toBe(first);
    page.cookie = first;
    expect(summary(await page.get('/v1/me'))).toEqual([401, 'admin_credential_invalid']);

    const planted = `${SECURE_COOKIE}=${'A'.repeat(43)}`;
    const victim = new Page(gateway);
    victim.cookie = planted;
    await victim.signIn();
    expect(victim.cookie).not.toBe(planted);
    expect(summary(await gateway.send('GET', '/v1/me', { headers: { cookie: planted } }))).toEqual([
      401,
      'admin_credential_invalid',
    ]);
  });

  it('keeps the hash of the session in Redis, not what opens it, and lets it expire there', async () => {
    const page = await signedIn();
    const id = page.cookie.split('=')[1] ?? '';
    await withSessionRedis(async (redis) => {
      const keys = await redis.keys('session:*');
      for (const key of keys) {
        expect(key).not.toContain(id);
        expect(await redis.get(key)).not.toContain(id);
        expect(await redis.get(key)).not.toContain(platform.adminToken);
        expect(await redis.pttl(key)).toBeGreaterThan(0);
      }
    });
  });
});

describe('a change in a session', () => {
  it.each<[what: string, headers: (page: Page, token: string) => Record<string, string>]>([
    ['no token', ({ origin }) => ({ origin })],
    ['another token', ({ origin }) => ({ origin, 'x-csrf-token': 'A'.repeat(43) })],
    ['no origin', (_page, token) => ({ 'x-csrf-token': token })],
    [
      'the origin of another site',
      (_page, token) => ({ origin: 'https://evil.test', 'x-csrf-token': token }),
    ],
    ['the origin of a sandboxed frame', (_page, token) => ({ origin: 'null', 'x-csrf-token': token })],
    [
      'the origin of another port',
      (_page, token) => ({ origin: 'http://127.0.0.1:1', 'x-csrf-token': token }),
    ],
  ])('is refused with %s', async (_what, headersFor) => {
    const page = await signedIn();
    const headers = headersFor(page, (await page.me()).body.csrfToken ?? '');
    const answer = await page.changeWith('POST', '/v1/projects', headers, { name: 'Forged' });
    expect(summary(answer)).toEqual([403, 'forbidden']);
    const { body } = await gateway.admin<{ data: { name: string }[] }>('GET', '/v1/projects?q=Forged');
    expect(body.data).toEqual([]);
  });

  it('is refused with the token of another session', async () => {
    const [page, other] = [await signedIn(), await signedIn()];
    const token = (await other.me()).body.csrfToken ?? '';
    const answer = await page.changeWith(
      'POST',
      '/v1/projects',
      { origin: page.origin, 'x-csrf-token': token },
      { name: 'Forged' },
    );
    expect(summary(answer)).toEqual([403, 'forbidden']);
  });

  it('needs no token with a credential that no browser sends by itself', async () => {
    const page = await signedIn();
    const authorization = `Bearer ${platform.adminToken}`;
    const answer = await page.changeWith<{ id: string }>(
      'POST',
      '/v1/projects',
      { authorization },
      { name: 'X' },
    );
    expect(answer.status).toBe(201);
  });
});

describe('signing out', () => {
  it('ends the session at once, at every gateway, also for who has kept the cookie', async () => {
    const page = await signedIn();
    const kept = page.cookie;
    const answer = await page.change('DELETE', '/v1/session');
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toBe(
      `${SECURE_COOKIE}=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0`,
    );
    for (const door of [gateway, hasty]) {
      const after = await door.send<ProblemBody>('GET', '/v1/me', { headers: { cookie: kept } });
      expect(summary(after)).toEqual([401, 'admin_credential_invalid']);
      expect(after.headers.get('set-cookie')).toMatch(/Max-Age=0$/);
    }
  });

  it('cannot be done by another site, and can be done twice', async () => {
    const page = await signedIn();
    const forged = await page.changeWith('DELETE', '/v1/session', { origin: 'https://evil.test' });
    expect(summary(forged)).toEqual([403, 'forbidden']);
    expect((await page.me()).status).toBe(200);
    await page.change('DELETE', '/v1/session');
    expect((await page.changeWith('DELETE', '/v1/session', { origin: page.origin })).status).toBe(204);
    expect((await new Page(gateway).changeWith('DELETE', '/v1/session', {})).status).toBe(204);
  });
});

describe('a session', () => {
  it('ends when nothing is done in it, and goes on while something is', async () => {
    const [idle, busy] = [await signedIn(hasty), await signedIn(hasty)];
    const startedAt = performance.now();
    while (performance.now() - startedAt < IDLE_S * 1_000 + 500) {
      expect((await busy.me()).status).toBe(200);
      await delay(IDLE_S * 250);
    }
    expect(summary(await idle.get('/v1/me'))).toEqual([401, 'admin_credential_invalid']);
  });

  it('ends at its greatest age, whatever is done in it, and says when that is', async () => {
    const page = await signedIn(hasty);
    const endsAt = Date.parse((await page.me()).body.expiresAt ?? '');
    expect(endsAt - Date.now()).toBeLessThanOrEqual(MAX_AGE_S * 1_000);
    await eventually(
      async () => {
        expect(summary(await page.get('/v1/me'))).toEqual([401, 'admin_credential_invalid']);
      },
      { everyMs: IDLE_S * 100 },
    );
    // Redis has a clock of its own, which it does not look at all the time.
    expect(Date.now()).toBeGreaterThan(endsAt - 100);
  });

  it('is not lost while Redis is: 503 and when to ask again, 200 as soon as it is back', async () => {
    const page = await signedIn();
    const apiKey = await gateway.createKey((await gateway.createProject()).id);
    await platform.servers.sessionRedis?.kill('SIGSTOP');
    try {
      for (const answer of await Promise.all([page.get('/v1/me'), page.get('/v1/projects')])) {
        expect(summary(answer)).toEqual([503, 'unavailable']);
        expect(answer.headers.get('retry-after')).toBe('1');
        expect(answer.headers.get('set-cookie')).toBeNull();
        expect(answer.body.detail).toContain('not signed out');
      }
      expect(summary((await new Page(gateway).signIn()) as Answer<ProblemBody>)).toEqual([
        503,
        'unavailable',
      ]);
      // Nobody else needs it.
      expect((await gateway.auth(apiKey.key)).status).toBe(200);
      expect((await gateway.admin('GET', '/v1/projects')).status).toBe(200);
    } finally {
      await platform.servers.sessionRedis?.kill('SIGCONT');
    }
    await eventually(async () => {
      expect((await page.me()).status).toBe(200);
    });
  });
});

describe('over plain http', () => {
  /** With a `Host` of its own, which `fetch` does not take. */
  function signInAt(door: GatewayClient, host: string, headers: object = {}): Promise<[number, string[]]> {
    return new Promise((resolve, reject) => {
      const sent = request(
        `${door.url}/v1/session`,
        { method: 'POST', headers: { host, 'content-type': 'application/json', ...headers } },
        (response) => {
          response.resume();
          resolve([response.statusCode ?? 0, response.headers['set-cookie'] ?? []]);
        },
      );
      sent.on('error', reject);
      sent.end(JSON.stringify({ adminToken: platform.adminToken }));
    });
  }

  it.each(['localhost', 'localhost:8080', '127.0.0.1:8080', '[::1]:8080', 'traylinx.localhost'])(
    'a session is kept at %s, which browsers trust',
    async (host) => {
      const [status, cookies] = await signInAt(gateway, host, { origin: `http://${host}` });
      expect([status, cookies[0]?.split('=')[0]]).toEqual([204, SECURE_COOKIE]);
    },
  );

  it.each(['keys.test', 'keys.test:8080', '192.0.2.7', '127.0.0.1.evil.test', 'localhost.evil.test'])(
    'none is begun at %s, unless whoever runs the gateway has said so',
    async (host) => {
      expect(await signInAt(gateway, host, { origin: `http://${host}` })).toEqual([403, []]);
      expect(await signInAt(gateway, host)).toEqual([403, []]);
    },
  );

  it('one is begun at PUBLIC_URL, with a cookie that browsers keep there', async () => {
    const page = new Page(exposed, PUBLIC_ORIGIN);
    const answer = await page.signIn();
    expect(answer.headers.get('set-cookie')).toMatch(
      /^traylinx-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect((await page.change('POST', '/v1/projects', { name: 'Over plain http' })).status).toBe(201);
    expect((await new Page(exposed, 'http://other.test').signIn()).status).toBe(403);
  });

  it('a sign-in that a page of another origin has sent is refused', async () => {
    expect((await new Page(gateway, 'https://evil.test').signIn()).status).toBe(403);
  });
});
