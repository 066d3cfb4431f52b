import axe from 'axe-core';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { builtDirectory } from '../../tools/stack/paths.mjs';
import { findProgram, installCommand } from '../../tools/stack/programs.mjs';

export { BROWSER_FLAGS, signIn } from '../../tools/browser.mjs';

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
/** What pages are loaded at; and, besides, phones, tablets and the largest screens. */
const VIEWPORT = { width: 1280, height: 860 };
export const VIEWED = { viewport: VIEWPORT, reducedMotion: 'reduce', colorScheme: 'light' } as const;
const PHONE_PX = 360;
const OTHER_WIDTHS_PX = [PHONE_PX, 768, 2560];

/** Menus and dialogs take their new place a few frames after the window has its new size. */
const SETTLED_OVERFLOW = `(async () => {
  const { documentElement: page } = document;
  for (let frames = 0; page.scrollWidth > page.clientWidth && frames < 60; frames++) {
    await new Promise(requestAnimationFrame);
  }
  return page.scrollWidth - page.clientWidth;
})()`;

/** Whoever changes what is shown looks at it: dist/screenshots has every state, made by the tests. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const path = join(SCREENSHOTS, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled' });
}

/** @returns what axe finds wrong with the page as it is: the rule, and where */
export async function violationsOf(page: Page, rules?: string[]): Promise<string[]> {
  await settled(page);
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  const options = { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) };
  return page.evaluate<string[]>(`axe.run(${JSON.stringify(options)}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200))))`);
}

/**
 * Looks at a state of a page in both themes and at every width, with one load of the page.
 *
 * @returns what is wrong with it
 */
export async function faultsOf(page: Page, name: string): Promise<string[]> {
  const faults = await violationsOf(page);
  await screenshot(page, `${name}-light`);
  await changeTheme(page, 'dark');
  // The theme changes colours, and nothing else that axe looks at.
  faults.push(...(await violationsOf(page, ['color-contrast'])).map((fault) => `dark: ${fault}`));
  await screenshot(page, `${name}-dark`);
  await changeTheme(page, 'light');
  for (const width of OTHER_WIDTHS_PX) {
    await page.setViewportSize({ ...VIEWPORT, width });
    const overflowPx = await page.evaluate<number>(SETTLED_OVERFLOW);
    if (width === PHONE_PX) await screenshot(page, `${name}-${String(width)}`);
    if (overflowPx > 0) faults.push(`${String(width)} px: scrolls sideways by ${String(overflowPx)} px`);
  }
  await page.setViewportSize(VIEWPORT);
  return faults;
}

async function changeTheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
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

/**
 * Chromium reports every answer that is no success, which are designed and looked at elsewhere; and, over plain http, that it
 * ignores a header for https.
 */
const EXPECTED = /^Failed to load resource|^The Cross-Origin-Opener-Policy header has been ignored/;

/** What goes wrong in a page without anybody asking it: errors, and what the Content-Security-Policy forbids. */
export function collectComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}
