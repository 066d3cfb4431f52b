import { type Browser, chromium, type Page } from 'playwright-core';
import type { Project } from '#contracts';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import {
  BROWSER_FLAGS,
  collectComplaints,
  describeInBrowser,
  screenshot,
  signIn,
  violationsOf,
} from './support/browser.js';
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

describeInBrowser('the console', (executablePath) => {
  let platform: Awaited<ReturnType<typeof startPlatform>>;
  let gateway: GatewayClient;
  let browser: Browser;
  let page: Page;
  let project: Project;
  let list: string;

  beforeAll(async () => {
    platform = await startPlatform({ dir: temporaryDirectory('console-looks') });
    gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
    project = await gateway.createProject('Website');
    list = `${platform.gatewayUrl}/projects/${project.id}/api-access/api-keys`;
    const inSixDays = new Date(Date.now() + 6 * 86_400_000).toISOString();
    const first = await gateway.createKey(project.id, { note: 'GitHub Actions deploy' });
    await gateway.createKey(project.id, { replacesKeyId: first.id });
    await gateway.createKey(project.id, { note: 'Contractor', expiresAt: inSixDays });
    await gateway.createKey(project.id);
    await gateway.auth(first.key);
    browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
    page = await context.newPage();
    page.setDefaultTimeout(8_000);
    await page.goto(platform.gatewayUrl);
    await page.getByLabel('Admin token').waitFor();
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await platform.stop();
  }, 60_000);

  const dialog = (): ReturnType<Page['getByRole']> => page.getByRole('dialog');
  const openList = async (): Promise<void> => {
    await page.goto(list);
    await page.getByRole('table').waitFor();
  };
  const menu = async (item: string): Promise<void> => {
    await page.getByRole('button', { name: /^Actions for Contractor/ }).click();
    await page.getByRole('menuitem', { name: item }).click();
    await dialog().waitFor();
  };

  /** Every page and dialog, and how one gets there. */
  const views: Record<string, () => Promise<unknown>> = {
    projects: () => page.goto(`${platform.gatewayUrl}/projects`),
    'project-dialog': async () => {
      await page.goto(`${platform.gatewayUrl}/projects`);
      await page.getByRole('button', { name: 'Create project' }).click();
      await dialog().waitFor();
    },
    'api-keys': openList,
    'row-menu': async () => {
      await openList();
      await page.getByRole('button', { name: /^Actions for Contractor/ }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).waitFor();
    },
    'no-result': () => page.goto(`${list}?q=nothing-like-that`),
    selected: async () => {
      await openList();
      await page.getByLabel('Select all that are shown').check();
      await page.getByRole('region', { name: 'Selected API keys' }).waitFor();
    },
    'delete-many': async () => {
      await openList();
      await page.getByLabel('Select all that are shown').check();
      await page
        .getByRole('region', { name: 'Selected API keys' })
        .getByRole('button', { name: 'Delete' })
        .click();
      await dialog().waitFor();
    },
    create: async () => {
      await openList();
      await page.getByRole('button', { name: 'Create API Key' }).click();
      await dialog().getByText('Custom').click();
      await dialog().getByLabel('Valid until the end of').fill('2020-01-01');
      await dialog().getByText('This date is in the past.').waitFor();
    },
    replacement: async () => {
      await openList();
      await menu('Create replacement');
    },
    note: async () => {
      await openList();
      await menu('Change note');
    },
    delete: async () => {
      await openList();
      await menu('Delete');
    },
    'api-key': async () => {
      await openList();
      await page.getByRole('link', { name: 'GitHub Actions deploy' }).first().click();
      await page.getByRole('img', { name: /Uses per day/ }).waitFor();
      await page.getByRole('table', { name: 'Audit events' }).waitFor();
    },
    'llm-keys': () => page.goto(list.replace('api-keys', 'llm-keys')),
    'all-api-keys': () => page.goto(`${platform.gatewayUrl}/api-keys`),
    audit: () => page.goto(`${platform.gatewayUrl}/audit`),
    find: async () => {
      await openList();
      await page.getByRole('button', { name: 'Find a key' }).click();
      await dialog().waitFor();
    },
    help: async () => {
      await openList();
      await page.keyboard.press('?');
      await dialog().waitFor();
    },
    'not-found': () => page.goto(`${list}/nothing/there`),
  };

  it('has no axe violation on the page to sign in, and says what a wrong token is', async () => {
    await page.getByLabel('Admin token').fill('x'.repeat(40));
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('The token is not the admin token.').waitFor();
    const violations: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await screenshot(page, `${colorScheme}-sign-in`);
      violations.push(...(await violationsOf(page)));
    }
    await signIn(page, platform.adminToken);
    expect(violations).toEqual([]);
  });

  describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
    beforeAll(() => page.emulateMedia({ colorScheme, reducedMotion: 'reduce' }));

    it.each(Object.keys(views))('has no axe violation: %s', async (name) => {
      await views[name]?.();
      await page.getByText(/^Loading/).waitFor({ state: 'detached' });
      await page.waitForLoadState('networkidle');
      await screenshot(page, `${colorScheme}-${name}`);
      expect(await violationsOf(page)).toEqual([]);
    });
  });

  it.each([360, 768, 2560])('fits into %i pixels: nothing scrolls sideways', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    for (const name of ['projects', 'api-keys', 'api-key', 'audit', 'create', 'delete-many']) {
      await views[name]?.();
      await page.waitForLoadState('networkidle');
      await screenshot(page, `${String(width)}-${name}`);
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect([name, overflow]).toEqual([name, 0]);
    }
    await page.setViewportSize({ width: 1280, height: 860 });
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
