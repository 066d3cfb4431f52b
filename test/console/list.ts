import type { Page } from 'playwright-core';
import { screenshot, violationsOf } from '../support/browser.js';
import type { CreatedApiKey } from '../support/gateway-client.js';
import type { World } from './world.js';

const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

export function describeList(getWorld: () => World): void {
  let world: World;
  let projectId: string;
  let page: Page;

  beforeAll(async () => {
    world = getWorld();
    ({ id: projectId } = await world.gateway.createProject('List'));
    page = await world.openAsAdmin(world.keysOf(projectId));
  });

  afterAll(() => page.context().close());

  const dialog = () => page.getByRole('dialog');
  const row = (text: string) => page.getByRole('row').filter({ hasText: text });

  it('an empty list, and one in which nothing matches, say different things', async () => {
    await page.getByRole('heading', { name: 'No API keys yet' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('nothing like it');
    await page.getByRole('heading', { name: 'No API key matches' }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('heading', { name: 'No API keys yet' }).waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
  });

  it('each key shows its note, start, state, creator, last use and expiry; a banner leads to those in need', async () => {
    const { gateway } = world;
    const create = (note: string, more = {}): Promise<CreatedApiKey> =>
      gateway.createKey(projectId, { note, ...more });
    await create('Plain');
    await gateway.createKey(projectId);
    await create('Soon', { expiresAt: inDays(5.5) });
    await create('Later', { expiresAt: inDays(40) });
    await create('Dead', { expiresAt: new Date(Date.now() + 3_000).toISOString() });
    const idle = await create('Abandoned');
    await world.use(idle);
    await row('Abandoned').getByText('just now').nth(1).waitFor();
    await world.age(idle, '100 days');
    await page.reload();
    await row('Abandoned').getByText('Idle 30+ days').waitFor();
    await row('Abandoned').getByText('3 months ago').waitFor();
    await row('Plain').getByText('Active').waitFor();
    await row('Plain').getByText('Never used').waitFor();
    await row('Plain').getByText('by admin-token').waitFor();
    await row('No note').getByText('Never', { exact: true }).waitFor();
    await row('Soon').getByText('Expires in 6 days').waitFor();
    await row('Later').getByText('Active').waitFor();
    await row('Later').getByText('in 40 days').waitFor();
    await row('Dead').getByText('Expired').waitFor();
    expect(await row('Plain').getByRole('time').getAttribute('datetime')).toMatch(/^\d{4}-.*Z$/);
    await page.getByRole('button', { name: '1 key has been idle for 90 days or more' }).click();
    await page.getByText('1 API key', { exact: true }).waitFor();
    await row('Abandoned').waitFor();
    await page.getByRole('button', { name: '1 key expires within 14 days' }).click();
    await row('Soon').waitFor();
    await screenshot(page, 'list-filtered');
    expect(page.url()).toContain('filter=expiring');
    await page.goBack();
    await row('Abandoned').waitFor();
    await page.goBack();
    await page.getByText('6 API keys', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Expires', exact: true }).click();
    await page.waitForURL('**?sort=expiresAt');
    await page.getByRole('row').nth(1).getByText('Dead').waitFor();
  });

  it('an own expiry lasts to the end of that day, where the reader is, and is said in words', async () => {
    const zone = 'America/New_York';
    const abroad = await world.openAsAdmin(world.keysOf(projectId), { timezoneId: zone });
    const in30Days = new Date(Date.now() + 30 * DAY_MS);
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(in30Days);
    await abroad.getByRole('button', { name: 'Create API Key' }).click();
    const form = abroad.getByRole('dialog');
    await form.getByText('A blank note becomes').waitFor();
    await form.getByLabel('Note', { exact: true }).fill('Abroad');
    await form.getByLabel('6 of 200 characters').waitFor();
    await form.getByText('Custom').click();
    await form.getByLabel('Valid until the end of').fill(day);
    await form.getByText(/Expires on .* at 11:59:59 PM E[SD]T\./).waitFor();
    await form.getByRole('button', { name: 'Create', exact: true }).click();
    await form.getByLabel('I have saved it').check();
    await form.getByRole('button', { name: 'Done' }).click();
    const path = `/v1/projects/${projectId}/api-keys?q=Abroad`;
    const { body } = await world.gateway.admin<{ data: { expiresAt: string }[] }>('GET', path);
    const expiresAt = new Date(body.data[0]?.expiresAt ?? '');
    expect(new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(expiresAt)).toBe(day);
    expect(new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(expiresAt.getTime() + 1_000)).not.toBe(
      day,
    );
    await abroad.context().close();
  });

  it('a key that is shown can be had as .env, curl, JavaScript and Python, none of them with the key in code', async () => {
    await page.goto(world.address + world.keysOf(projectId));
    await row('Plain').waitFor();
    await page.keyboard.press('c');
    await dialog().getByLabel('Note', { exact: true }).fill('Shown');
    await page.keyboard.press('Enter');
    const field = dialog().getByLabel('API key', { exact: true });
    const key = await field.inputValue();
    expect(await page.evaluate('getSelection().toString()')).toBe(key);
    for (const [tab, text] of [
      ['curl', 'Authorization: Bearer $TRAYLINX_API_KEY'],
      ['JavaScript', 'process.env.TRAYLINX_API_KEY'],
      ['Python', "os.environ['TRAYLINX_API_KEY']"],
    ] as const) {
      await dialog().getByRole('tab', { name: tab }).click();
      const code = await dialog().getByRole('tabpanel').textContent();
      expect(code).toContain(text);
      expect(code).not.toContain(key);
    }
    await dialog().getByLabel('I have saved it').check();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await row('Shown').waitFor();
  });

  it('light and dark are chosen, and stay', async () => {
    const scheme = () => page.evaluate("document.documentElement.dataset['mantineColorScheme']");
    for (const name of ['Dark', 'Light', 'As the system']) {
      await page.getByRole('button', { name: 'Account and appearance' }).click();
      await page.getByRole('menuitemradio', { name }).waitFor();
      if (name === 'Dark') {
        await screenshot(page, 'account-menu');
        expect(await violationsOf(page)).toEqual([]);
      }
      await page.getByRole('menuitemradio', { name }).click();
      await page.reload();
      await row('Plain').waitFor();
      expect(await scheme()).toBe(name === 'Dark' ? 'dark' : 'light');
    }
  });
}
