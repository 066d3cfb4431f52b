import type { Page, Route } from 'playwright-core';
import { screenshot, violationsOf } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { unavailable } from './deletions.js';
import type { World } from './world.js';

/** Longer than a query is tried again before it is given up. */
const SOON = { timeout: 40_000 };

export function describeFailures(getWorld: () => World): void {
  let world: World;
  let projectId: string;
  let page: Page;

  beforeAll(async () => {
    world = getWorld();
    ({ id: projectId } = await world.gateway.createProject('Failures'));
    await world.gateway.createKey(projectId, { note: 'Stays' });
    page = await world.openAsAdmin(world.keysOf(projectId));
  });

  afterAll(() => page.context().close());
  afterEach(() => page.unrouteAll({ behavior: 'ignoreErrors' }));

  const dialog = () => page.getByRole('dialog');
  const note = () => dialog().getByLabel('Note', { exact: true });
  const row = (text: string) => page.getByRole('row').filter({ hasText: text });
  const create = () => dialog().getByRole('button', { name: 'Create', exact: true });
  const openList = async (): Promise<void> => {
    await page.goto(world.address + world.keysOf(projectId));
    await row('Stays').waitFor();
  };
  const startCreating = async (text: string): Promise<void> => {
    await openList();
    await page.getByRole('button', { name: 'Create API Key' }).click();
    await note().fill(text);
  };
  const keysCalled = async (text: string): Promise<{ id: string; projectId: string }[]> => {
    const path = `/v1/projects/${projectId}/api-keys?q=${encodeURIComponent(text)}`;
    return (await world.gateway.admin<{ data: { id: string; projectId: string }[] }>('GET', path)).body.data;
  };
  /** Within the page: the one of Playwright waits for a load that never comes. */
  const goBack = () => page.evaluate('history.back()');
  const onChange = (answer: (route: Route) => Promise<void>) =>
    page.route('**/v1/projects/**', (route) =>
      route.request().method() === 'GET' ? route.continue() : answer(route),
    );

  it.each([
    ['the list', '/api-access/api-keys', 'The API keys cannot be shown'],
    ['recently deleted', '/api-access/recently-deleted', 'They cannot be shown'],
    ['audit', '/audit', 'The events cannot be shown'],
    ['the project', '', 'The project cannot be shown'],
  ])('503 on %s says so, with the request id and Retry', async (name, path, title) => {
    const pattern =
      name === 'the project' ? `**/v1/projects/${projectId}` : /\/v1\/.*(api-keys|audit-events)\?/;
    await page.route(pattern, (route) => route.fulfill(unavailable(`id-of-${name}`)));
    await page.goto(`${world.address}/projects/${projectId}${path}`);
    const alert = page.getByRole('alert').filter({ hasText: title });
    await alert.getByText(`id-of-${name}`).waitFor(SOON);
    await alert.getByRole('button', { name: 'Copy request id' }).click();
    expect(await violationsOf(page)).toEqual([]);
    await page.unrouteAll({ behavior: 'wait' });
    await alert.getByRole('button', { name: 'Retry' }).click();
    await alert.waitFor({ state: 'detached' });
  });

  it('what is on the page stays when it cannot be refreshed, and says of when it is', async () => {
    await openList();
    await page.route('**/v1/**', (route) => route.fulfill(unavailable('id-of-the-refresh')));
    await page.getByText('It could not be refreshed').waitFor(SOON);
    await page.getByText('id-of-the-refresh').waitFor();
    expect(await row('Stays').count()).toBe(1);
    await screenshot(page, 'failure-stale');
    expect(await violationsOf(page)).toEqual([]);
    await page.unrouteAll({ behavior: 'wait' });
    await page.getByText('It could not be refreshed').waitFor({ ...SOON, state: 'detached' });
  });

  it('a creation that is answered with 503 keeps what was typed; once more makes one key', async () => {
    await startCreating('Created after a 503');
    await onChange((route) => route.fulfill(unavailable('id-of-the-creation')));
    await create().click();
    await dialog().getByText('It is not known whether the key was created').waitFor();
    await dialog().getByText('id-of-the-creation').waitFor();
    await screenshot(page, 'failure-create-503');
    expect(await violationsOf(page)).toEqual([]);
    expect(await note().inputValue()).toBe('Created after a 503');
    await page.unrouteAll({ behavior: 'wait' });
    await create().click();
    await dialog().getByText('There is no way to recover it later').waitFor();
    expect(await keysCalled('Created after a 503')).toHaveLength(1);
    await dialog().getByLabel('I have saved it').check();
    await dialog().getByRole('button', { name: 'Done' }).click();
  });

  it.each([
    ['as it was', ''],
    ['with another note', ' (changed)'],
  ])(
    'a creation whose answer is lost makes one key, and says that it is lost: tried again %s',
    async (_how, more) => {
      const text = `Lost${more === '' ? '' : ' and changed'}`;
      await startCreating(text);
      await onChange(async (route) => {
        await route.fetch();
        await route.abort('connectionreset');
      });
      await create().click();
      await dialog().getByText('It is not known whether the key was created').waitFor();
      await page.unrouteAll({ behavior: 'wait' });
      await note().fill(text + more);
      await create().click();
      await dialog().getByText('The key was created, but it can never be shown').waitFor();
      await screenshot(page, 'failure-create-lost');
      expect(await create().isDisabled()).toBe(true);
      await dialog().getByRole('button', { name: 'Close' }).last().click();
      await row(text).waitFor();
      expect(await keysCalled(text)).toHaveLength(1);
    },
  );

  it('while a key is being made nothing else can be done, and nothing leads away from it', async () => {
    let answer: () => void = () => undefined;
    const mayAnswer = new Promise<void>((resolve) => (answer = resolve));
    let asked = 0;
    await openList();
    await page.getByRole('link', { name: 'LLM Keys' }).click();
    await page.getByRole('link', { name: 'API Keys', exact: true }).click();
    await page.getByRole('button', { name: 'Create API Key' }).click();
    await note().fill('Slow');
    await onChange(async (route) => {
      asked++;
      await mayAnswer;
      await route.continue();
    });
    await create().click();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await goBack();
    await page.mouse.click(5, 5);
    expect(await note().inputValue()).toBe('Slow');
    expect(await dialog().getByRole('button', { name: 'Cancel' }).isDisabled()).toBe(true);
    answer();
    await dialog().getByText('There is no way to recover it later').waitFor();
    expect(asked).toBe(1);
    await goBack();
    await dialog().getByLabel('I have saved it').check();
    await dialog().getByRole('button', { name: 'Done' }).click();
    await row('Slow').waitFor();
  });

  it('a slow list shows that it is loading, and nothing that is not known yet', async () => {
    let answer: () => void = () => undefined;
    const mayAnswer = new Promise<void>((resolve) => (answer = resolve));
    await page.route(/api-keys\?/, async (route) => {
      await mayAnswer;
      await route.continue();
    });
    await page.goto(world.address + world.keysOf(projectId));
    await page.getByText('Loading API keys').waitFor({ state: 'attached' });
    await page.getByRole('heading', { name: 'Failures' }).waitFor();
    expect(await page.getByText(/No API key/).count()).toBe(0);
    await screenshot(page, 'slow-list');
    expect(await violationsOf(page)).toEqual([]);
    answer();
    await row('Stays').waitFor();
  });

  describe('conflicts with what somebody else did meanwhile', () => {
    const replace = async (text: string): Promise<void> => {
      await page.getByRole('button', { name: new RegExp(`^Actions for ${text}`) }).click();
      await page.getByRole('menuitem', { name: 'Create replacement' }).click();
      await note().waitFor();
    };

    it('the key has a replacement already', async () => {
      const old = await world.gateway.createKey(projectId, { note: 'Replaced meanwhile' });
      await openList();
      await replace('Replaced meanwhile');
      await world.gateway.createKey(projectId, { replacesKeyId: old.id });
      await create().click();
      await dialog().getByText('It has a replacement already').waitFor();
      await screenshot(page, 'conflict-replaced');
      await dialog().getByRole('button', { name: 'Cancel' }).click();
      await row('Replaced by').waitFor();
    });

    it('the key is deleted: its note cannot be changed, and it cannot be replaced', async () => {
      const key = await world.gateway.createKey(projectId, { note: 'Deleted meanwhile' });
      await openList();
      await replace('Deleted meanwhile');
      await world.gateway.deleteKey(key);
      await create().click();
      await dialog().getByText('The old key was deleted in the meantime').waitFor();
      await dialog().getByRole('button', { name: 'Cancel' }).click();
      const another = await world.gateway.createKey(projectId, { note: 'Also deleted meanwhile' });
      await openList();
      await page.getByRole('button', { name: /^Actions for Also deleted/ }).click();
      await page.getByRole('menuitem', { name: 'Change note' }).click();
      await note().fill('Too late');
      await world.gateway.deleteKey(another);
      await page.keyboard.press('Enter');
      await dialog().getByText('The note was not changed').waitFor();
      await dialog().getByRole('button', { name: 'Cancel' }).click();
      await row('Also deleted').waitFor({ ...SOON, state: 'detached' });
    });

    it('the project is deleted: the page says so', async () => {
      const { id } = await world.gateway.createProject('Deleted under somebody');
      await page.goto(world.address + world.keysOf(id));
      await page.getByRole('heading', { name: 'No API keys yet' }).waitFor();
      await world.gateway.admin('DELETE', `/v1/projects/${id}`);
      await page.getByRole('heading', { name: 'There is no such page' }).waitFor(SOON);
    });
  });

  it('a deletion whose answer is lost is asked for once more, and ends as done', async () => {
    const key = await world.gateway.createKey(projectId, { note: 'Deleted in vain' });
    await openList();
    let attempts = 0;
    await onChange(async (route) => {
      if (attempts++ > 0) return route.continue();
      await route.fetch();
      await route.abort('connectionreset');
    });
    await page.getByRole('button', { name: /^Actions for Deleted in vain/ }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await dialog().getByRole('button', { name: 'Confirm' }).click();
    await page.getByText(/^Deleted tlx_/).waitFor();
    expect(attempts).toBe(2);
    expect((await world.gateway.auth(key.key)).status).toBe(401);
  });

  it('a session that ends keeps what was typed, whatever was being typed into', async () => {
    await openList();
    await page.getByRole('button', { name: /^Actions for Stays/ }).click();
    await page.getByRole('menuitem', { name: 'Change note' }).click();
    await note().fill('Stays, but with a longer note');
    await page.context().clearCookies();
    await page.keyboard.press('Enter');
    await page.getByText('Your session has ended').waitFor();
    await page.getByLabel('Admin token').fill('x'.repeat(40));
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('The token is not the admin token.').waitFor();
    await page.getByLabel('Admin token').fill(world.platform.adminToken);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Your session has ended').waitFor({ state: 'detached' });
    expect(await note().inputValue()).toBe('Stays, but with a longer note');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await row('Stays, but with a longer note').waitFor();
  });

  it('whoever comes back as somebody else sees nothing of what was there', async () => {
    await openList();
    await page.context().clearCookies();
    await page.getByText('Your session has ended').waitFor(SOON);
    const opened = page.context().waitForEvent('page');
    await world.signInAs(page, 'ada');
    const tab = await opened;
    await tab.getByText('You are signed in').waitFor();
    await tab.close();
    const reloaded = page.waitForEvent('load');
    await eventually(() => page.evaluate("window.dispatchEvent(new Event('focus'))"));
    await reloaded;
    await row('Stays').waitFor();
    await page.getByRole('button', { name: 'Account and appearance' }).click();
    await page.getByText('Name of ada · Admin of all projects').waitFor();
  });
}
