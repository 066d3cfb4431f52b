import type { Page } from 'playwright-core';
import { screenshot, violationsOf } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import type { World } from './world.js';

const READ_ONLY = 'Your role is read-only here. An admin of this project can do it.';

export function describeRoles(getWorld: () => World): void {
  let world: World;
  let website: string;
  let payments: string;

  beforeAll(async () => {
    world = getWorld();
    ({ id: website } = await world.gateway.createProject('Roles: website'));
    ({ id: payments } = await world.gateway.createProject('Roles: payments'));
    const { id } = await world.gateway.createProject('Roles: secret');
    await world.gateway.createKey(website, { note: 'Deploy' });
    await world.gateway.createKey(payments, { note: 'Billing' });
    await world.gateway.createKey(id, { note: 'Nobody sees me' });
    world.roles['vera'] = [`project:${website}:viewer`, `project:${payments}:viewer`];
    world.roles['paul'] = [`project:${website}:viewer`, `project:${payments}:admin`];
  });

  const isDisabled = async (page: Page, name: string): Promise<string | null> => {
    const button = page.getByRole('button', { name, exact: true });
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    return button.getAttribute('aria-description');
  };
  const reasonInMenu = async (page: Page, row: RegExp): Promise<void> => {
    await page.getByRole('button', { name: row }).click();
    for (const name of ['Change note', 'Create replacement', 'Delete']) {
      expect(await page.getByRole('menuitem', { name }).isDisabled()).toBe(true);
    }
    await page.getByText(READ_ONLY).last().waitFor();
    await page.keyboard.press('Escape');
  };

  it('a viewer of two projects signs in with the provider, lands where they wanted to go, and sees no more', async () => {
    const path = `${world.keysOf(website)}?filter=active`;
    const page = await world.openAs('vera', path);
    await page.getByRole('row').filter({ hasText: 'Deploy' }).waitFor();
    expect(page.url()).toBe(world.address + path);
    await page.getByRole('button', { name: 'Account and appearance' }).click();
    await page.getByText('Name of vera · Read-only').waitFor();
    await page.keyboard.press('Escape');
    await page.goto(`${world.address}/api-keys`);
    await page.getByRole('row').filter({ hasText: 'Billing' }).waitFor();
    expect(await page.getByText('Nobody sees me').count()).toBe(0);
    await page.goto(`${world.address}/projects`);
    await page.getByText('2 projects', { exact: true }).waitFor();
    await page.context().close();
  });

  it('what a viewer may not do is disabled, and says why', async () => {
    const page = await world.openAs('vera', world.keysOf(website));
    await page.getByRole('row').filter({ hasText: 'Deploy' }).waitFor();
    expect(await isDisabled(page, 'Create API Key')).toBe(READ_ONLY);
    await page.getByRole('button', { name: 'Create API Key' }).hover();
    await screenshot(page, 'roles-viewer');
    await page.keyboard.press('c');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await reasonInMenu(page, /^Actions for Deploy/);
    await page.getByLabel('Select all that are shown').check();
    expect(await isDisabled(page, 'Delete')).toBe(READ_ONLY);
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('link', { name: 'Deploy' }).click();
    await page.getByRole('img', { name: /Uses per day/ }).waitFor();
    for (const name of ['Change note', 'Create replacement', 'Delete']) {
      expect(await isDisabled(page, name)).toBe(READ_ONLY);
    }
    await page.goto(`${world.address}/projects`);
    expect(await isDisabled(page, 'Create project')).toBe('Only an admin of all projects can do this.');
    await page.context().close();
  });

  it('an admin of one project changes that one, alone or several at once, and only looks at the other', async () => {
    const page = await world.openAs('paul', '/api-keys');
    await page.getByRole('row').filter({ hasText: 'Billing' }).waitFor();
    await page.getByLabel(/^Select Billing/).check();
    const remove = page.getByRole('region', { name: 'Selected API keys' }).getByText('Delete');
    await remove.click();
    await page.getByRole('dialog').getByText('Delete this API key?').waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel(/^Select Deploy/).check();
    expect(await isDisabled(page, 'Delete')).toContain('read-only in some of their projects');
    await page.goto(world.address + world.keysOf(payments));
    await page.getByRole('button', { name: 'Create API Key' }).click();
    await page.getByRole('dialog').getByLabel('Note', { exact: true }).fill('By an admin of this project');
    await page.keyboard.press('Enter');
    await page.getByLabel('I have saved it').check();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('row').filter({ hasText: 'by Name of paul (paul)' }).waitFor();
    await page.context().close();
  });

  it('whoever has no role is told so, and can sign out and in again as somebody else', async () => {
    const page = await world.openAs('nobody', world.keysOf(website));
    await page.getByRole('heading', { name: 'You have no role here' }).waitFor();
    await page.getByText('You are signed in as Name of nobody (nobody).').waitFor();
    await screenshot(page, 'roles-none');
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Admin token').waitFor();
    // The provider still knows them; who signs in next is somebody else.
    await page.context().clearCookies();
    await world.signInAs(page, 'ada');
    await page.getByRole('heading', { name: 'Projects' }).waitFor();
    await page.context().close();
  });

  it('signing out ends the session for every tab, also on a page that is open', async () => {
    const page = await world.openAs('ada', '/projects');
    await page.getByRole('heading', { name: 'Projects' }).waitFor();
    const other = await page.context().newPage();
    await other.goto(world.address + world.keysOf(website));
    await other.getByRole('row').filter({ hasText: 'Deploy' }).waitFor();
    await page.getByRole('button', { name: 'Account and appearance' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Admin token').waitFor();
    await other.getByText('Your session has ended').waitFor();
    expect(await page.evaluate('JSON.stringify({ ...sessionStorage })')).not.toContain('ada');
    await page.context().close();
  });

  describe('a sign-in with the provider that fails', () => {
    const problem = (page: Page) => page.getByRole('alert').filter({ hasText: 'You are not signed in' });

    it('says in a sentence that they have changed their mind, and works the next time', async () => {
      const page = await world.openAs('ada', '/audit');
      await page.getByRole('heading', { name: 'Audit' }).waitFor();
      await page.context().clearCookies();
      await page.goto(`${world.address}/audit`);
      await world.signInAs(page, undefined);
      await problem(page).getByText('did not confirm who you are').waitFor();
      expect(page.url()).not.toContain('sign-in-problem');
      await screenshot(page, 'sign-in-refused');
      expect(await violationsOf(page)).toEqual([]);
      await world.signInAs(page, 'ada');
      await page.getByRole('heading', { name: 'Projects' }).waitFor();
      await page.context().close();
    });

    it('says that the provider is away; the admin token still lets one in', async () => {
      const page = await world.open('/projects');
      // It goes while they are on their way back from it. Routes of Playwright see no redirects; the browser's own do.
      const browser = await page.context().newCDPSession(page);
      await browser.send('Fetch.enable', { patterns: [{ urlPattern: '*/v1/session/callback*' }] });
      browser.on('Fetch.requestPaused', ({ requestId }) => {
        void world.provider.close().then(() => browser.send('Fetch.continueRequest', { requestId }));
      });
      await world.signInAs(page, 'ada');
      await problem(page).getByText('The provider cannot be reached right now').waitFor();
      await world.provider.open();
      await page.getByLabel('Admin token').fill(` ${world.platform.adminToken}\n`);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('heading', { name: 'Projects' }).waitFor();
      await page.context().close();
    });

    it('says that it took too long, when the answer comes to a browser that has not asked', async () => {
      const page = await world.open('/v1/session/callback?code=x&state=y');
      await problem(page).getByText('It took too long').waitFor();
      await page.goto(`${world.address}/?sign-in-problem=%3Cimg%20src=x%20onerror=alert(1)%3E`);
      await problem(page).getByText('Try again.').waitFor();
      await page.context().close();
    });
  });

  it('a session that ends is begun again in another tab, and what was typed is still there', async () => {
    const page = await world.openAs('ada', world.keysOf(website));
    await page.getByRole('button', { name: 'Create API Key' }).click();
    const note = page.getByRole('dialog').getByLabel('Note', { exact: true });
    await note.fill('Typed before');
    await endSessionsOf(page);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText('Your session has ended').waitFor();
    const opened = page.context().waitForEvent('page');
    await world.signInAs(page, 'ada');
    const tab = await opened;
    await tab.getByText('Close this tab and go on where you were.').waitFor();
    await tab.close();
    await eventually(async () => {
      await page.evaluate("window.dispatchEvent(new Event('focus'))");
      expect(await page.getByText('Your session has ended').count()).toBe(0);
    });
    expect(await note.inputValue()).toBe('Typed before');
    await page.context().close();
  });

  /** As an expiry does it: the provider remembers them, the gateway does not. */
  async function endSessionsOf(page: Page): Promise<void> {
    const cookies = await page.context().cookies();
    const session = cookies.find(({ name }) => name.includes('traylinx-session'));
    await page.context().clearCookies({ name: session?.name ?? '' });
  }
}
