// npm run screenshots: the pictures of README.md and docs/console.md, taken of the running product with the sample data.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { launchBrowser, signIn } from './browser.mjs';
import { fillWebsite } from './sample-data/website.mjs';
import { repositoryDirectory } from './stack/paths.mjs';
import { startPlatform } from './stack/platform.mjs';
import { prepare } from './stack/prepare.mjs';
import { resolveProgram } from './stack/programs.mjs';
import { temporaryDirectory } from './stack/servers.mjs';
import { Progress } from './stack/terminal.mjs';

/** @typedef {import('playwright-core').Page} Page */

const DIRECTORY = join(repositoryDirectory, 'docs', 'images');
const QUALITY_PERCENT = 82;
const VIEWPORT = { width: 1200, height: 760 };

const progress = new Progress();
const onProgress = (/** @type {string} */ message) => progress.step(message);
await prepare({ onProgress });
const executablePath = await resolveProgram('chromium', { onProgress });
const platform = await startPlatform({ dir: temporaryDirectory('screenshots'), onProgress });
const browser = await launchBrowser(executablePath);
try {
  const projectId = await fillProject();
  const list = `${platform.gatewayUrl}/projects/${projectId}/api-access/api-keys`;
  const context = await browser.newContext({
    viewport: VIEWPORT,
    colorScheme: 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  const page = await context.newPage();
  await page.goto(platform.gatewayUrl);
  await signIn(page, platform.adminToken);
  mkdirSync(DIRECTORY, { recursive: true });
  await takeAll(page, list);
} finally {
  progress.done();
  await browser.close();
  await platform.stop();
}

async function fillProject() {
  const answer = await fetch(`${platform.gatewayUrl}/v1/projects`, {
    method: 'POST',
    headers: { authorization: `Bearer ${platform.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Website' }),
  });
  const { id } = /** @type {{ id: string }} */ (await answer.json());
  const sql = new pg.Client({ connectionString: platform.databaseUrl });
  await sql.connect();
  await fillWebsite(sql, id);
  await sql.end();
  return id;
}

/** @param {Page} page @param {string} list */
async function takeAll(page, list) {
  await openList(page, list);
  await take(page, 'api-keys-light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html[data-mantine-color-scheme=dark]').waitFor({ state: 'attached' });
  await take(page, 'api-keys-dark');
  await page.emulateMedia({ colorScheme: 'light' });

  await choose(page, 'GitHub Actions deploy', 'Delete');
  await page.getByText('This key is in use').waitFor();
  await take(page, 'delete');

  await openList(page, list);
  await page.getByRole('link', { name: 'Checkout service, Frankfurt', exact: true }).click();
  await page.getByRole('img', { name: /Uses per hour/ }).waitFor();
  await page.getByRole('button', { name: 'Delete old key' }).waitFor();
  await take(page, 'api-key');

  await page.goto(list.replace(/api-keys$/, 'recently-deleted'));
  await page.getByRole('table').waitFor();
  await take(page, 'recently-deleted');

  await page.goto(list.replace(/api-access.*/, 'audit'));
  await page.getByRole('table').waitFor();
  await take(page, 'audit');

  // The last one, as it makes a key.
  await openList(page, list);
  await page.getByRole('button', { name: 'Create API Key' }).click();
  await page.getByRole('dialog').getByLabel('Note', { exact: true }).fill('GitHub Actions deploy');
  await page.getByRole('dialog').getByText('90 days').click();
  await take(page, 'create');
  await page.getByRole('dialog').getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('There is no way to recover it later').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Copy', exact: true }).click();
  await take(page, 'reveal');
}

/** @param {Page} page @param {string} list */
async function openList(page, list) {
  await page.goto(list);
  await page.getByRole('table', { name: 'API keys' }).waitFor();
  await page.getByText('1 key expires within 14 days').waitFor();
}

/** @param {Page} page @param {string} note @param {string} item of the menu of its row */
async function choose(page, note, item) {
  await page.getByRole('button', { name: `Actions for ${note}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
  await page.getByRole('dialog').waitFor();
}

/** As WebP, which is a quarter of the PNG. @param {Page} page @param {string} name */
async function take(page, name) {
  progress.step(name);
  await page.evaluate('Promise.all(document.getAnimations().map(({ finished }) => finished))');
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send('Page.captureScreenshot', {
    format: 'webp',
    quality: QUALITY_PERCENT,
  });
  writeFileSync(join(DIRECTORY, `${name}.webp`), Buffer.from(data, 'base64'));
}
