import type { Page } from 'playwright-core';
import { screenshot, violationsOf } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import type { World } from './world.js';

export function describeDeletions(getWorld: () => World): void {
  let world: World;
  let projectId: string;
  let page: Page;

  beforeAll(async () => {
    world = getWorld();
    ({ id: projectId } = await world.gateway.createProject('Deletions'));
    page = await world.openAsAdmin(world.keysOf(projectId));
    await page.getByRole('heading', { name: 'No API keys yet' }).waitFor();
  });

  afterAll(() => page.context().close());

  const dialog = () => page.getByRole('dialog');
  const row = (text: string) => page.getByRole('row').filter({ hasText: text });
  const openList = () => page.goto(world.address + world.keysOf(projectId));
  const openDeleted = () => page.goto(`${world.address}/projects/${projectId}/api-access/recently-deleted`);

  it('an old key turns green to delete once it is quiet and its replacement is in use', async () => {
    const old = await world.gateway.createKey(projectId, { note: 'Rotated' });
    const replacement = await world.gateway.createKey(projectId, { replacesKeyId: old.id });
    await openList();
    const panel = row('Replaced by');
    await panel.getByText('The new key has not been used yet.').waitFor();
    await world.use(old, 3);
    await world.use(replacement);
    // Without a reload: the traffic of both, as it comes.
    await panel.getByText('3 in 24 h').waitFor();
    await panel.getByText('1 in 24 h').waitFor();
    await panel.getByText('The old key was used within the last 60 minutes.').waitFor();
    const button = panel.getByRole('button', { name: 'Delete old key' });
    const style = (): Promise<string | null> => button.getAttribute('style');
    expect(await style()).not.toContain('teal');
    await world.age(old, '61 minutes');
    await panel.getByText('The old key was used').waitFor({ state: 'detached' });
    expect(await style()).toContain('teal');
    await screenshot(page, 'rotation-ready');
    await button.click();
    await dialog().getByText('Its replacement has taken over').waitFor();
    await dialog().getByText(`${replacement.keyStart}… is in use`).waitFor();
    await screenshot(page, 'rotation-delete');
    expect(await violationsOf(page)).toEqual([]);
    await dialog().getByRole('button', { name: 'Confirm' }).click();
    await page.getByText(/is refused with 401/).waitFor();
    await panel.waitFor({ state: 'detached' });
    expect((await world.gateway.auth(old.key)).status).toBe(401);
    expect((await world.gateway.auth(replacement.key)).status).toBe(200);
  });

  it('several are deleted at once: each with the answer to "safe to delete?", then with what became of it', async () => {
    const inUse = await world.gateway.createKey(projectId, { note: 'Several: in use' });
    const idle = await world.gateway.createKey(projectId, { note: 'Several: idle' });
    const others = await world.gateway.createKey(projectId, { note: 'Several: deleted by somebody else' });
    await world.use(inUse);
    await world.use(idle);
    await eventually(async () => {
      const { body } = await world.gateway.admin<{ data: { lastUsedAt: string | null }[] }>(
        'GET',
        `/v1/projects/${projectId}/api-keys?q=Several&neverUsed=true`,
      );
      expect(body.data).toHaveLength(1);
    });
    await world.age(idle, '40 days');
    await page.goto(`${world.address}${world.keysOf(projectId)}?q=Several`);
    await row('Several: idle').getByText('Idle 30+ days').waitFor();
    await page.getByLabel('Select all that are shown').check();
    await page.getByRole('region', { name: 'Selected API keys' }).getByText('Delete').click();
    const result = (note: string) => dialog().getByRole('listitem').filter({ hasText: note });
    await dialog().getByText('1 of these keys is in use').waitFor();
    await result('Several: in use').getByText('In use', { exact: true }).waitFor();
    await result('Several: idle').getByText('Idle for 40 days').waitFor();
    await result('Several: deleted').getByText('Never used').waitFor();
    await screenshot(page, 'delete-several');
    expect(await violationsOf(page)).toEqual([]);
    // One cannot be deleted for now, and another is gone by then.
    await page.route(`**/api-keys/${inUse.id}`, (route) =>
      route.request().method() === 'DELETE'
        ? route.fulfill(unavailable('id-of-the-failure'))
        : route.continue(),
    );
    await world.gateway.deleteKey(others);
    await dialog().getByRole('button', { name: 'Confirm' }).click();
    await result('Several: in use').getByText('✗ Not deleted').waitFor();
    await result('Several: in use').getByText('id-of-the-failure').waitFor();
    await result('Several: idle').getByText('✓ Deleted').waitFor();
    await result('Several: deleted').getByText('✓ Was deleted already').waitFor();
    await screenshot(page, 'delete-several-failed');
    expect(await violationsOf(page)).toEqual([]);
    expect((await world.gateway.auth(inUse.key)).status).toBe(200);
    await page.unroute(`**/api-keys/${inUse.id}`);
    await dialog().getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Deleted 3 API keys').waitFor();
    await page.getByRole('heading', { name: 'No API key matches' }).waitFor();
    expect((await world.gateway.auth(inUse.key)).status).toBe(401);
  });

  it('recently deleted shows who still calls: how often, since when and until when, as it happens', async () => {
    const quiet = await world.gateway.createKey(projectId, { note: 'Radar: nobody calls' });
    const called = await world.gateway.createKey(projectId, { note: 'Radar: somebody calls' });
    await world.gateway.deleteKey(quiet);
    await world.gateway.deleteKey(called);
    await openDeleted();
    await row('Radar: nobody calls').getByText('No calls').waitFor();
    await row('Radar: nobody calls').getByText('Never called since').waitFor();
    await world.use(called, 3);
    await row('Radar: somebody calls').getByText('3 refused calls').waitFor({ timeout: 30_000 });
    expect(await row('Radar: somebody calls').getByRole('time').count()).toBe(3);
    await row('Radar: somebody calls').getByText('by admin-token').waitFor();
    await screenshot(page, 'recently-deleted');
    expect(await violationsOf(page)).toEqual([]);
  });

  it('an expired key that is still being called says so on its page', async () => {
    const expiresAt = new Date(Date.now() + 3_000).toISOString();
    const key = await world.gateway.createKey(projectId, { note: 'Expired: still called', expiresAt });
    await eventually(async () =>
      expect((await world.gateway.auth(key.key)).body.code).toBe('api_key_expired'),
    );
    await page.goto(`${world.address}${world.keysOf(projectId)}/${key.id}`);
    await page.getByText('It is still being called').waitFor({ timeout: 30_000 });
    await page.getByText('Every call with it is refused already.').waitFor();
    await screenshot(page, 'key-page-expired');
    await page.getByRole('button', { name: 'Delete' }).click();
    await dialog().getByText('Every call with it is refused already.').waitFor();
    expect(await dialog().getByText('This key is in use').count()).toBe(0);
    await dialog().getByRole('button', { name: 'Confirm' }).click();
    // To the list, and never by way of a page that says that the key is gone.
    await page.waitForURL(`**${world.keysOf(projectId)}`);
    await page.getByText(/^Deleted tlx_/).waitFor();
    expect(await row('Expired: still called').count()).toBe(0);
  });

  describe('find a key', () => {
    const field = () => dialog().getByLabel('API key', { exact: true });
    const paste = async (text: string): Promise<void> => {
      await page.keyboard.press('f');
      await field().fill(text);
    };

    it('says whose key it is, and leads to its row, from any page', async () => {
      const found = await world.gateway.createKey(projectId, { note: 'Found in a log' });
      await page.goto(`${world.address}/audit`);
      await page.getByRole('heading', { name: 'Audit' }).waitFor();
      await paste(` ${found.key}\n`);
      await page.keyboard.press('Enter');
      await dialog().getByText(`${found.keyStart}… is active`).waitFor();
      await dialog().getByText('It belongs to the project Deletions.').waitFor();
      await dialog().getByText('counts as exposed').waitFor();
      expect(await field().inputValue()).toBe('');
      await screenshot(page, 'find-found');
      expect(await violationsOf(page)).toEqual([]);
      await dialog().getByRole('button', { name: 'Go to the key' }).click();
      await row('Found in a log').waitFor();
      await eventually(async () => {
        expect(await page.evaluate('document.activeElement?.textContent')).toContain('Found in a log');
      });
      expect(page.url()).not.toContain(found.key);
      const { body } = await world.gateway.admin<{ usage: { last24h: number } }>(
        'GET',
        `/v1/projects/${projectId}/api-keys/${found.id}`,
      );
      expect(body.usage.last24h).toBe(0);
      await world.gateway.deleteKey(found);
      await paste(found.key);
      await page.keyboard.press('Enter');
      await dialog().getByText('is deleted: it does no harm any more').waitFor();
      await dialog().getByRole('button', { name: 'Go to the key' }).click();
      await row('Found in a log').getByText('No calls').waitFor();
    });

    it('tells a key that is none, and one that nobody made', async () => {
      await openList();
      await page.getByRole('table').waitFor();
      await paste('tlx_cut-off');
      await dialog().getByText('This is not a whole API key').waitFor();
      expect(await dialog().getByRole('button', { name: 'Find', exact: true }).isDisabled()).toBe(true);
      await field().fill('tlx_6nYfTKlhYMH1hM1U3pnNhb1fm2U9sm9S3AQTYBmoqIg2gBTni');
      await page.keyboard.press('Enter');
      await dialog().getByText('There is no such API key').waitFor();
      await page.keyboard.press('Escape');
    });

    it('is where a whole key that is pasted into a search is sent: it never gets into an address', async () => {
      const { key } = await world.gateway.createKey(projectId, { note: 'Pasted into the search' });
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      const search = page.getByRole('searchbox');
      await search.fill(key);
      await page.getByText('Use “Find a key” instead.').waitFor();
      expect(await search.inputValue()).toBe('');
      await search.fill(key.slice(0, 8));
      await row('Pasted into the search').waitFor();
      await page.waitForURL(`**?q=${key.slice(0, 8)}`);
      expect(asked.filter((url) => url.includes(key.slice(8, 40)))).toEqual([]);
    });
  });
}

/** As the gateway answers while it cannot reach what it needs. */
export function unavailable(requestId: string): { status: number; contentType: string; body: string } {
  return {
    status: 503,
    contentType: 'application/problem+json',
    body: JSON.stringify({ code: 'unavailable', detail: 'Nothing is wrong with the request.', requestId }),
  };
}
