import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { startPlatform } from '../../tools/stack/platform.mjs';
import { anyFreePort } from '../../tools/stack/ports.mjs';
import { temporaryDirectory } from '../../tools/stack/servers.mjs';
import { BROWSER_FLAGS, collectComplaints, signIn } from '../support/browser.js';
import { asOwner } from '../support/database.js';
import { type CreatedApiKey, GatewayClient } from '../support/gateway-client.js';
import { IdentityProvider } from '../support/identity-provider.js';

const PROVIDER_NAME = 'Test ID';
/** Generous: what has to be quick says so itself. */
const ACTION_TIMEOUT_MS = 30_000;

type Platform = Awaited<ReturnType<typeof startPlatform>>;

/** One platform with an identity provider, and one browser, for all stories about the console. */
export class World {
  /** What went wrong in any page without anybody asking it. */
  readonly complaints: string[][] = [];

  private constructor(
    readonly platform: Platform,
    readonly gateway: GatewayClient,
    readonly provider: IdentityProvider,
    /** Roles by account; a story may give some. */
    readonly roles: Record<string, string[]>,
    /** Another site than the provider's: coming back from there, cookies are sent as they are in real life. */
    readonly address: string,
    private readonly browser: Browser,
  ) {}

  static async start(executablePath: string): Promise<World> {
    const port = await anyFreePort();
    const address = `http://localhost:${String(port)}`;
    const roles: Record<string, string[]> = { ada: ['admin'], nobody: [] };
    const provider = await IdentityProvider.start(roles, [`${address}/v1/session/callback`]);
    const platform = await startPlatform({
      dir: temporaryDirectory('console-stories'),
      choosePort: (name) => (name === 'gateway-1' ? Promise.resolve(port) : anyFreePort()),
      env: {
        gateway: { ...provider.environment, OIDC_NAME: PROVIDER_NAME, MAX_SIGN_INS_PER_MINUTE: '0' },
      },
    });
    const browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
    const gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
    return new World(platform, gateway, provider, roles, address, browser);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.platform.stop();
    await this.provider.close();
  }

  /** In a browser profile of its own, at the given path. */
  async open(path = '/', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 860 },
      acceptDownloads: true,
      reducedMotion: 'reduce',
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(ACTION_TIMEOUT_MS);
    this.complaints.push(collectComplaints(page));
    await page.goto(this.address + path);
    return page;
  }

  /** As whoever holds the admin token. */
  async openAsAdmin(path = '/', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.open(path, options);
    await signIn(page, this.platform.adminToken);
    return page;
  }

  /** With the provider, through the console. */
  async openAs(account: string, path = '/'): Promise<Page> {
    const page = await this.open(path);
    await this.signInAs(page, account);
    return page;
  }

  async signInAs(page: Page, account: string | undefined): Promise<void> {
    this.provider.account = account;
    await page.getByRole('link', { name: `Sign in with ${PROVIDER_NAME}` }).click();
  }

  keysOf = (projectId: string): string => `/projects/${projectId}/api-access/api-keys`;

  /** Calls with the key. */
  async use(key: CreatedApiKey, times = 1): Promise<void> {
    for (let use = 0; use < times; use++) await this.gateway.auth(key.key);
  }

  /** Lets time pass for what is known about the use of a key: nothing waits for an hour, or for months. */
  async age({ id }: { id: string }, interval: string): Promise<void> {
    await asOwner(this.platform.databaseUrl, (client) =>
      client.query(
        `UPDATE usage_tracking.key_usage SET first_used_at = first_used_at - $2::interval,
           last_used_at = last_used_at - $2::interval WHERE key_id = $1`,
        [id, interval],
      ),
    );
  }
}
