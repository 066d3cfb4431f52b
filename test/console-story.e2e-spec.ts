import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { startPlatform } from '../tools/stack/platform.mjs';
import { anyFreePort } from '../tools/stack/ports.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import {
  BROWSER_FLAGS,
  collectComplaints,
  describeInBrowser,
  screenshot,
  signIn,
} from './support/browser.js';
import { eventually } from './support/eventually.js';
import { GatewayClient } from './support/gateway-client.js';

/** Neither https nor localhost: what browsers call insecure has no Clipboard API. */
const HOST = 'console.traylinx.test';
const KEY = /^tlx_[0-9A-Za-z]{49}$/;

/** Run in the page: every place in which a page can keep something. */
const EVERYTHING = `(async () => JSON.stringify({
  dom: document.documentElement.outerHTML,
  fields: [...document.querySelectorAll('input, textarea')].map(({ value }) => value),
  local: { ...localStorage },
  session: { ...sessionStorage },
  history: history.state,
  address: location.href,
  cookies: document.cookie,
  databases: await indexedDB.databases(),
  caches: 'caches' in window ? await caches.keys() : [],
  timings: performance.getEntries().map(({ name }) => name),
}))()`;

describeInBrowser('the manual, as an admin follows it over plain http', (executablePath) => {
  const profile = temporaryDirectory('console-profile');
  let platform: Awaited<ReturnType<typeof startPlatform>>;
  let gateway: GatewayClient;
  let browser: BrowserContext;
  let page: Page;
  let address: string;
  let complaints: string[];
  const asked = new Set<string>();
  /** Every key that was ever shown. */
  const shown: string[] = [];

  beforeAll(async () => {
    const port = await anyFreePort();
    address = `http://${HOST}:${String(port)}`;
    platform = await startPlatform({
      dir: temporaryDirectory('console-story'),
      choosePort: (name) => (name === 'gateway-1' ? Promise.resolve(port) : anyFreePort()),
      env: { gateway: { PUBLIC_URL: address, SENTINEL_PASS_URL: 'https://sentinel.example/"pass"' } },
    });
    gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
    browser = await chromium.launchPersistentContext(profile, {
      executablePath,
      args: [...BROWSER_FLAGS, `--host-resolver-rules=MAP ${HOST} 127.0.0.1`],
      viewport: { width: 1280, height: 860 },
      acceptDownloads: true,
    });
    page = browser.pages()[0] ?? (await browser.newPage());
    page.setDefaultTimeout(15_000);
    complaints = collectComplaints(page);
    page.on('request', (request) => asked.add(new URL(request.url()).origin));
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await platform.stop();
  }, 60_000);

  const dialog = (): ReturnType<Page['getByRole']> => page.getByRole('dialog');
  const row = (note: string): ReturnType<Page['getByRole']> =>
    page.getByRole('row').filter({ hasText: note });

  async function readKey(): Promise<string> {
    const key = await dialog().getByLabel('API key', { exact: true }).inputValue();
    expect(key).toMatch(KEY);
    shown.push(key);
    return key;
  }

  it('§1 opens the key management: Admin → Projects → {project} → API Access → API Keys', async () => {
    await page.goto(address);
    await signIn(page, platform.adminToken);
    await expect(page.evaluate('isSecureContext')).resolves.toBe(false);
    await page.getByRole('button', { name: 'Create project' }).first().click();
    await dialog().getByLabel('Name').fill('Website');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Website' }).waitFor();
    await page.getByRole('link', { name: 'API Access' }).waitFor();
    await page.getByRole('link', { name: 'LLM Keys' }).waitFor();
    await page.getByRole('heading', { name: 'No API keys yet' }).waitFor();
    expect(await page.getByRole('link', { name: 'Sentinel Pass' }).getAttribute('href')).toBe(
      'https://sentinel.example/"pass"',
    );
    await screenshot(page, 'story-1-empty');
  });

  it('§2 creates one key, however often Create is pressed, and shows it once', async () => {
    await page.getByRole('button', { name: 'Create API Key' }).first().click();
    await dialog().getByLabel('Note', { exact: true }).fill('GitHub Actions deploy');
    await dialog().getByText('30 days').click();
    await dialog()
      .getByText(/Expires on/)
      .waitFor();
    await screenshot(page, 'story-2-create');
    await dialog().getByRole('button', { name: 'Create', exact: true }).dblclick();
    await dialog().getByText('There is no way to recover it later').waitFor();
    const key = await readKey();
    await page.keyboard.press('Escape');
    expect(await dialog().getByRole('button', { name: 'Done' }).isDisabled()).toBe(true);
    await dialog().getByRole('button', { name: 'Copy', exact: true }).click();
    await dialog().getByText('Copied to the clipboard.').waitFor();
    await screenshot(page, 'story-2-reveal');
    await dialog().getByRole('button', { name: 'Done' }).click();
    await row('GitHub Actions deploy').waitFor();
    await eventually(async () => {
      expect(await page.evaluate("document.activeElement?.getAttribute('role')")).toBe('row');
    });
    // What is in the clipboard is the key, to the last character.
    await page.keyboard.press('f');
    await dialog().getByLabel('API key', { exact: true }).focus();
    await page.keyboard.press('Control+V');
    expect(await dialog().getByLabel('API key', { exact: true }).inputValue()).toBe(key);
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    const projectId = /projects\/([^/]+)/.exec(page.url())?.[1] ?? '';
    const { body } = await gateway.admin<{ data: unknown[] }>('GET', `/v1/projects/${projectId}/api-keys`);
    expect(body.data).toHaveLength(1);
  });

  it('§3, §6 shows that a key is used, without a reload', async () => {
    expect((await gateway.auth(shown[0] ?? '')).status).toBe(200);
    await row('GitHub Actions deploy').getByText('just now').nth(1).waitFor({ timeout: 20_000 });
  });

  it('§4 rotates: a replacement with the same note, and the traffic of both', async () => {
    await page.getByRole('button', { name: /^Actions for GitHub Actions deploy/ }).click();
    await page.getByRole('menuitem', { name: 'Create replacement' }).click();
    expect(await dialog().getByLabel('Note', { exact: true }).inputValue()).toBe('GitHub Actions deploy');
    await dialog().getByRole('button', { name: 'Create', exact: true }).click();
    await dialog().getByText('There is no way to recover it later').waitFor();
    await readKey();
    const download = page.waitForEvent('download');
    await dialog().getByRole('button', { name: 'Download .env' }).click();
    const file = await (await download).path();
    expect(readFileSync(file, 'utf8')).toContain(`TRAYLINX_API_KEY=${shown[1] ?? ''}\n`);
    await dialog().getByLabel('I have saved it').check();
    await dialog().getByRole('button', { name: 'Done' }).click();
    await page.getByText('Replaced by').waitFor();
    await page.getByText('The new key has not been used yet.').waitFor();
    await screenshot(page, 'story-4-rotation');
  });

  it('§5 deletes: open the row, Delete, Confirm; the next call gets 401', async () => {
    await page.getByRole('button', { name: 'Delete old key' }).click();
    await dialog().getByText('This key is in use').waitFor();
    await dialog().getByText('Callers get 401 on their next call. This cannot be undone.').waitFor();
    await screenshot(page, 'story-5-delete');
    await dialog().getByRole('button', { name: 'Confirm' }).click();
    await page.getByText(/is refused with 401/).waitFor();
    expect((await gateway.auth(shown[0] ?? '')).status).toBe(401);
    expect((await gateway.auth(shown[1] ?? '')).status).toBe(200);
    await page.getByText('Replaced by').waitFor({ state: 'detached' });
  });

  it('keeps no key anywhere in the page once its dialog is closed', async () => {
    const everything = await page.evaluate<string>(EVERYTHING);
    expect(shown).toHaveLength(2);
    for (const key of shown) expect(everything).not.toContain(key.slice(8, 40));
  });

  it('asked nobody but the gateway, and broke no rule of its Content-Security-Policy', () => {
    expect([...asked].filter((origin) => origin !== 'null')).toEqual([address]);
    expect(complaints).toEqual([]);
  });

  it('signs out, and leaves no key on the disk of the browser', async () => {
    await page.getByRole('button', { name: 'Account and appearance' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Admin token').waitFor();
    await browser.close();
    const files = readdirSync(profile, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(10);
    for (const { parentPath, name } of files) {
      const content = readFileSync(join(parentPath, name), 'latin1');
      for (const key of [...shown, platform.adminToken])
        expect(content.includes(key.slice(8, 30))).toBe(false);
    }
  });
});
