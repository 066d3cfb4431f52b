import { statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../tools/browser.mjs';
import { fillWithKeys } from '../tools/sample-data/many-keys.mjs';
import { builtDirectory } from '../tools/stack/paths.mjs';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { describeInBrowser, signIn, VIEWED } from './support/browser.js';
import { eventually } from './support/eventually.js';
import { GatewayClient } from './support/gateway-client.js';

const KEYS = 10_000;
const PAGE_ITEMS = 100;
const MAX_FIRST_VIEW_BYTES = 200_000;
/** What fits on the screen, and a few above and below it. */
const MAX_RENDERED_ROWS = 60;

describeInBrowser('the console, with 10,000 keys in a project', (executablePath) => {
  let platform: Awaited<ReturnType<typeof startPlatform>>;
  let browser: Browser;
  let page: Page;
  let list: string;

  beforeAll(async () => {
    platform = await startPlatform({ dir: temporaryDirectory('console-lists') });
    const gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
    const { id } = await gateway.createProject('Full');
    const sql = new pg.Client({ connectionString: platform.databaseUrl });
    await sql.connect();
    await fillWithKeys(sql, id, KEYS);
    await sql.end();
    list = `${gateway.url}/projects/${id}/api-access/api-keys`;
    browser = await launchBrowser(executablePath);
    page = await browser.newPage(VIEWED);
    page.setDefaultTimeout(20_000);
    await page.goto(gateway.url);
    await signIn(page, platform.adminToken);
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await platform.stop();
  }, 60_000);

  const rows = (): Locator => page.locator('tbody [role=row]:not([aria-hidden])');
  const search = (): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);
  const openList = async (query = ''): Promise<void> => {
    await page.goto(list + query);
    await rows().first().waitFor();
  };
  const sortedBy = (name: string): Locator => page.getByRole('columnheader', { name });

  it('loads at most 200 kB of gzipped JavaScript until the list is there', async () => {
    const scripts = new Set<string>();
    const note = (request: { url: () => string; resourceType: () => string }): void => {
      if (request.resourceType() === 'script') scripts.add(new URL(request.url()).pathname);
    };
    page.on('request', note);
    await openList();
    await page.getByText(/keys expire within 14 days/).waitFor();
    page.off('request', note);
    const inAssets = [...scripts].filter((path) => path.startsWith('/assets/'));
    const bytes = inAssets.map(
      (path) => statSync(join(builtDirectory, 'apps', 'console', `${path}.gz`)).size,
    );
    expect(inAssets.length).toBeGreaterThan(1);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MAX_FIRST_VIEW_BYTES);
  });

  it('renders only the rows that are seen, and more on request', async () => {
    await openList();
    expect(await rows().count()).toBeLessThan(MAX_RENDERED_ROWS);
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByText(`The first ${String(2 * PAGE_ITEMS)} API keys`).waitFor();
    await page.getByRole('button', { name: 'Load more' }).scrollIntoViewIfNeeded();
    await rows().filter({ hasText: 'needle 200' }).waitFor();
    expect(await rows().count()).toBeLessThan(MAX_RENDERED_ROWS);
    expect(await page.getByRole('table', { name: 'API keys' }).getAttribute('aria-rowcount')).toBe('201');
  });

  it('finds on the server what no page has shown', async () => {
    await openList();
    await page.getByRole('searchbox').fill('needle 9900');
    await rows().filter({ hasText: 'needle 9900' }).waitFor();
    await page.getByText('1 API key', { exact: true }).waitFor();
  });

  it('keeps search, filter and sort in the URL: a reload and a link show the same', async () => {
    await openList();
    await page.getByRole('searchbox').fill('needle');
    await eventually(() => expect(search()).toEqual({ q: 'needle' }));
    await page.getByLabel('State', { exact: true }).selectOption('Active');
    await sortedBy('Expires').getByRole('button').click();
    const state = { q: 'needle', filter: 'active', sort: 'expiresAt' };
    await eventually(() => expect(search()).toEqual(state));
    await rows().first().getByText('needle 300').waitFor();
    await page.reload();
    await rows().first().getByText('needle 300').waitFor();
    expect(search()).toEqual(state);
    expect(await page.getByRole('searchbox').inputValue()).toBe('needle');
    expect(await page.getByLabel('State', { exact: true }).inputValue()).toBe('active');
    expect(await sortedBy('Expires').getAttribute('aria-sort')).toBe('ascending');
  });

  it('goes back through filters and sorts, and from a key to the list as it was', async () => {
    await openList('?q=needle');
    await sortedBy('Created').getByRole('button').click();
    await rows().first().getByText('needle 10000').waitFor();
    await page.getByLabel('State', { exact: true }).selectOption('Never used');
    await eventually(() => expect(search()['filter']).toBe('never-used'));
    await page.goBack();
    await eventually(() => expect(search()).toEqual({ q: 'needle', sort: 'createdAt' }));
    await rows().first().getByText('needle 10000').waitFor();
    expect(await page.getByLabel('State', { exact: true }).inputValue()).toBe('');
    await rows().getByRole('link', { name: 'needle 10000' }).click();
    await page.getByRole('heading', { name: 'needle 10000' }).waitFor();
    await page.goBack();
    await rows().first().getByText('needle 10000').waitFor();
    expect(search()).toEqual({ q: 'needle', sort: 'createdAt' });
    expect(await page.getByRole('searchbox').inputValue()).toBe('needle');
    await page.goBack();
    await rows().first().getByText('needle 100', { exact: true }).waitFor();
    expect(search()).toEqual({ q: 'needle' });
  });

  it('is where it was, with all that was loaded, after a look at a key', async () => {
    await openList();
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByText(`The first ${String(2 * PAGE_ITEMS)} API keys`).waitFor();
    await page.getByRole('button', { name: 'Load more' }).scrollIntoViewIfNeeded();
    await rows().getByRole('link', { name: 'needle 200', exact: true }).click();
    await page.getByRole('heading', { name: 'needle 200' }).waitFor();
    await page.goBack();
    await rows().filter({ hasText: 'needle 200' }).waitFor();
    await page.getByText(`The first ${String(2 * PAGE_ITEMS)} API keys`).waitFor();
  });

  it('does not grow while it is left open and refreshed', async () => {
    await page.clock.install();
    await openList();
    const devtools = await page.context().newCDPSession(page);
    const livingNodes = async (): Promise<number> => {
      await devtools.send('HeapProfiler.collectGarbage');
      const { nodes } = await devtools.send('Memory.getDOMCounters');
      return nodes;
    };
    const refresh = async (times: number): Promise<void> => {
      for (let refreshes = 0; refreshes < times; refreshes++) {
        const answer = page.waitForResponse(/\/api-keys\?limit=/);
        await page.clock.runFor(5_000);
        await (await answer).finished();
      }
    };
    await refresh(10);
    const [nodesBefore, bytesBefore] = [await livingNodes(), await heapBytes(devtools)];
    await refresh(60);
    expect(await livingNodes()).toBeLessThan(nodesBefore * 1.1);
    expect(await heapBytes(devtools)).toBeLessThan(bytesBefore * 1.15);
  });

  async function heapBytes(devtools: {
    send: (method: 'Runtime.getHeapUsage') => Promise<{ usedSize: number }>;
  }): Promise<number> {
    return (await devtools.send('Runtime.getHeapUsage')).usedSize;
  }
});
