import AxeBuilder from '@axe-core/playwright';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { builtDirectory } from '../../tools/stack/paths.mjs';
import { findProgram, installCommand } from '../../tools/stack/programs.mjs';

/** Those that Debian's Chromium needs as root and without a screen; and it is to call nobody. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * What is promised by what happens in a browser. `npm test` fetches one where it can; a missing one is said aloud, and is a
 * failure in CI.
 */
export function describeInBrowser(promise: string, body: (executablePath: string) => void): void {
  const executablePath = findProgram('chromium');
  if (executablePath !== undefined) {
    describe(promise, () => body(executablePath));
    return;
  }
  const missing = `chromium was not found: ${installCommand('chromium')}`;
  if (process.env['CI']) {
    it(promise, () => {
      throw new Error(missing);
    });
    return;
  }
  process.stderr.write(`Not tested: "${promise}". ${missing}\n`);
  it.skip(promise, () => undefined);
}

const SCREENSHOTS = join(builtDirectory, 'screenshots');

/** Whoever changes what is shown looks at it: dist/screenshots has every state, made by the tests. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
}

/** @returns what axe finds wrong with the page as it is: the rule, and where */
export async function violationsOf(page: Page): Promise<string[]> {
  await settled(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/** Colours are only what they are to be once nothing moves any more. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(`Promise.all(
    document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
      .map(({ finished }) => finished.catch(() => undefined)),
  )`);
}

/** What goes wrong in a page without anybody asking it: errors, and what the Content-Security-Policy forbids. */
export function collectComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    // Chromium reports every answer that is no success; those are designed, and looked at elsewhere.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text());
    }
  });
  return complaints;
}

export async function signIn(page: Page, adminToken: string): Promise<void> {
  await page.getByLabel('Admin token').fill(adminToken);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Account and appearance' }).waitFor();
}
