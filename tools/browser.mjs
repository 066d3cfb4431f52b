// Chromium for what is looked at in a browser: tests, `npm run prove:console`, `npm run screenshots`.
import { chromium } from 'playwright-core';

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

/** @param {string} executablePath @returns {Promise<import('playwright-core').Browser>} */
export function launchBrowser(executablePath) {
  return chromium.launch({ executablePath, args: BROWSER_FLAGS });
}

/** Signs in on the page that asks for it. @param {import('playwright-core').Page} page @param {string} adminToken */
export async function signIn(page, adminToken) {
  await page.getByLabel('Admin token').fill(adminToken);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Account and appearance' }).waitFor();
}
