import pg from 'pg';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from '../tools/browser.mjs';
import { fillWebsite } from '../tools/sample-data/website.mjs';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import {
  collectComplaints,
  describeInBrowser,
  faultsOf,
  screenshot,
  signIn,
  VIEWED,
  violationsOf,
} from './support/browser.js';
import { type Ground, type View, VIEWS } from './support/console-views.js';
import { eventually } from './support/eventually.js';
import { GatewayClient } from './support/gateway-client.js';
import { inParallel } from './support/in-parallel.js';

const HOSTILE = [
  '<img src=x onerror=pwned()>',
  '"><script>pwned()</script>',
  "';pwned();//",
  '<svg/onload=pwned()>',
  'javascript:pwned()',
  '{{constructor.constructor("pwned()")()}}',
  '<iframe srcdoc="<script>parent.pwned()</script>">',
  '</textarea><details open ontoggle=pwned()>',
];

/** One alone would leave a machine idle while it waits. */
const PAGES_AT_ONCE = 2;

describeInBrowser('the console', (executablePath) => {
  let platform: Awaited<ReturnType<typeof startPlatform>>;
  let gateway: GatewayClient;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let list: string;
  let ground: Ground;

  beforeAll(async () => {
    platform = await startPlatform({ dir: temporaryDirectory('console-looks') });
    gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
    ground = await prepareGround();
    list = `${gateway.url}/projects/${ground.spare}/api-access/api-keys`;
    browser = await launchBrowser(executablePath);
    context = await browser.newContext(VIEWED);
    page = await newPage();
    await page.goto(gateway.url);
    await signIn(page, platform.adminToken);
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await platform.stop();
  }, 60_000);

  async function prepareGround(): Promise<Ground> {
    const [spare, empty, website] = [
      await gateway.createProject('Playground'),
      await gateway.createProject('Billing'),
      await gateway.createProject('Website'),
    ];
    const sql = new pg.Client({ connectionString: platform.databaseUrl });
    await sql.connect();
    await fillWebsite(sql, website.id);
    await sql.end();
    return { gateway, website: website.id, empty: empty.id, spare: spare.id };
  }

  async function newPage(window = context): Promise<Page> {
    const opened = await window.newPage();
    opened.setDefaultTimeout(20_000);
    return opened;
  }

  const dialog = (): ReturnType<Page['getByRole']> => page.getByRole('dialog');
  const openList = async (): Promise<void> => {
    await page.goto(list);
    await page.getByRole('heading', { level: 1, name: 'Playground' }).waitFor();
  };

  it('has a page to sign in without a fault, which says what a wrong token is', async () => {
    const stranger = await browser.newPage(VIEWED);
    await stranger.goto(gateway.url);
    await stranger.getByLabel('Admin token').fill('x'.repeat(40));
    await stranger.getByRole('button', { name: 'Sign in', exact: true }).click();
    await stranger.getByText('The token is not the admin token.').waitFor();
    expect(await faultsOf(stranger, 'sign-in')).toEqual([]);
    await stranger.close();
  });

  describe('in both themes, from 360 to 2560 pixels', () => {
    const faults = new Map<string, Promise<string[]>>();

    beforeAll(async () => {
      const storageState = await context.storageState();
      for (let lane = 0; lane < PAGES_AT_ONCE; lane++) {
        // Pages that share a window change its size for each other.
        const window = await browser.newContext({ ...VIEWED, storageState });
        let before: Promise<unknown> = Promise.resolve();
        for (const [index, [name, view]] of Object.entries(VIEWS).entries()) {
          if (index % PAGES_AT_ONCE !== lane) continue;
          const look = before.then(() => lookAt(window, name, view));
          faults.set(name, look);
          before = look.catch(() => undefined);
        }
      }
    });

    async function lookAt(window: BrowserContext, name: string, view: View): Promise<string[]> {
      const opened = await newPage(window);
      try {
        const complaints = collectComplaints(opened);
        await view(opened, ground);
        return [...(await faultsOf(opened, name)), ...complaints];
      } finally {
        await opened.close();
      }
    }

    it.each(Object.keys(VIEWS))('nothing overflows, and axe finds nothing: %s', async (name) => {
      expect(await faults.get(name)).toEqual([]);
    });
  });

  it('is walked by keyboard alone: create, copy, delete, and the focus comes back', async () => {
    await openList();
    await page.locator('main').focus();
    await page.keyboard.press('c');
    await dialog().getByLabel('Note', { exact: true }).waitFor();
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Enter');
    await dialog().getByText('There is no way to recover it later').waitFor();
    await tabTo('Copy');
    await page.keyboard.press('Enter');
    await tabTo('Done');
    await page.keyboard.press('Enter');
    await eventually(async () => {
      expect(await focusedText()).toContain('By keyboard');
    });
    await tabTo('Actions for By keyboard');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Delete' }).waitFor();
    await eventually(async () => {
      await page.keyboard.press('ArrowDown');
      expect(await focusedText()).toBe('Delete');
    });
    await page.keyboard.press('Enter');
    await dialog().waitFor();
    await tabTo('Confirm');
    await page.keyboard.press('Enter');
    await page.getByText(/is refused with 401/).waitFor();
    await page.getByRole('row').filter({ hasText: 'By keyboard' }).waitFor({ state: 'detached' });
  });

  it('runs nothing that a note says: 200 of them, none executed', async () => {
    const { id } = await gateway.createProject('Hostile');
    const notes = Array.from(
      { length: 200 },
      (_, index) => `${String(HOSTILE[index % HOSTILE.length])} ${String(index)}`,
    );
    await inParallel(notes, 8, (note) => gateway.createKey(id, { note }));
    const complaints = collectComplaints(page);
    await page.exposeFunction('pwned', () => complaints.push('executed'));
    await page.goto(`${platform.gatewayUrl}/projects/${id}/api-access/api-keys`);
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByText('200 API keys', { exact: true }).waitFor();
    for (let screens = 0; screens < 12; screens++) {
      await page.mouse.wheel(0, 1_500);
      await page.evaluate('new Promise(requestAnimationFrame)');
    }
    await page.getByText(/ 0$/).first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('designs its failures: 503 with the request id and a way to try again', async () => {
    await page.route('**/v1/projects/*/api-keys?*', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          code: 'unavailable',
          detail: 'Nothing is wrong with you.',
          requestId: 'id-to-copy',
        }),
      }),
    );
    await page.goto(list);
    await page.getByRole('alert').getByText('id-to-copy').waitFor();
    await screenshot(page, 'failure-503');
    await page.unroute('**/v1/projects/*/api-keys?*');
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByRole('table').waitFor();
  });

  it('asks for a new session when it has ended, and keeps what was typed', async () => {
    await openList();
    await page.getByRole('button', { name: 'Create API Key' }).click();
    await dialog().getByLabel('Note', { exact: true }).fill('Typed before the session ended');
    await page.context().clearCookies();
    await dialog().getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText('Your session has ended').waitFor();
    await screenshot(page, 'session-ended');
    expect(await violationsOf(page)).toEqual([]);
    await signInAgain();
    await page.getByText('Your session has ended').waitFor({ state: 'detached' });
    expect(await dialog().getByLabel('Note', { exact: true }).inputValue()).toBe(
      'Typed before the session ended',
    );
    await dialog().getByRole('button', { name: 'Create', exact: true }).click();
    await dialog().getByText('There is no way to recover it later').waitFor();
  });

  async function signInAgain(): Promise<void> {
    await page.getByLabel('Admin token').fill(platform.adminToken);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  /** What a screen reader would say of the focused element, about. */
  function focusedText(): Promise<string> {
    return page.evaluate<string>(
      "(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim()",
    );
  }

  async function tabTo(label: string): Promise<void> {
    for (let tabs = 0; tabs < 40; tabs++) {
      if ((await focusedText()).startsWith(label)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab never led to ${label}`);
  }
});
