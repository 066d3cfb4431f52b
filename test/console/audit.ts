import { readFileSync } from 'node:fs';
import type { Download, Page } from 'playwright-core';
import { screenshot, violationsOf } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { inParallel } from '../support/in-parallel.js';
import type { World } from './world.js';

const DAY_MS = 86_400_000;
/** More than an export asks for at once. */
const NOTES = 205;

export function describeAudit(getWorld: () => World): void {
  let world: World;
  let projectId: string;
  let page: Page;

  beforeAll(async () => {
    world = getWorld();
    ({ id: projectId } = await world.gateway.createProject('Audit'));
    world.roles['olga'] = [`project:${projectId}:admin`];
    page = await world.openAs('olga', `/projects/${projectId}/audit`);
  });

  afterAll(() => page.context().close());

  const rows = () => page.getByRole('table', { name: 'Audit events' }).getByRole('row');
  const exported = async (): Promise<string[]> => {
    const download: Promise<Download> = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    const file = await (await download).path();
    return readFileSync(file, 'utf8').trimEnd().split('\r\n');
  };

  it('shows what is done as it is done: who, what, when and from where', async () => {
    await rows().filter({ hasText: 'Created the project' }).waitFor();
    const key = await world.gateway.createKey(projectId, { note: '=HYPERLINK("https://evil.test","x")' });
    await rows().filter({ hasText: 'Created an API key' }).waitFor({ timeout: 30_000 });
    await inParallel([...Array(NOTES).keys()], 8, (index) =>
      world.gateway.admin('PATCH', `/v1/projects/${projectId}/api-keys/${key.id}`, {
        note: `note ${String(index)}`,
      }),
    );
    await page.reload();
    await page.getByRole('button', { name: 'Load more' }).waitFor();
    const event = rows().filter({ hasText: 'Changed the note' }).first();
    await event.getByText('admin-token').waitFor();
    await event.getByText('127.0.0.1').waitFor();
    expect(await event.getByRole('time').getAttribute('datetime')).toMatch(/Z$/);
    expect(await event.getByRole('time').getAttribute('title')).toMatch(/\d{4} at \d+:\d\d:\d\d/);
    await event.getByRole('link').click();
    // The page of the key has its own events only, and all of them.
    await page.getByRole('heading', { name: /^note \d+/ }).waitFor();
    await page.getByText('The first 50 events').waitFor();
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByText('The first 100 events').waitFor();
    expect(await page.getByText('Created the project').count()).toBe(0);
    await page.goBack();
    await page.getByText('The first 100 events').waitFor();
  });

  it('loads more of them, filters by what, who and when, and keeps that in the address', async () => {
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByText('The first 200 events').waitFor();
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByText(`${String(NOTES + 2)} events`, { exact: true }).waitFor();
    await page.getByLabel('What').selectOption('Created an API key');
    await page.getByText('1 event', { exact: true }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByLabel('Who').fill('nobody-at-all');
    await page.getByRole('heading', { name: 'No events' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'No events' }).waitFor();
    expect(await page.getByLabel('Who').inputValue()).toBe('nobody-at-all');
    await screenshot(page, 'audit-none');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText('The first 100 events').waitFor();
    expect(await page.getByLabel('Who').inputValue()).toBe('');
    expect(await page.locator('datalist option').evaluateAll((all) => all.map(String).length)).toBe(1);
    const tomorrow = new Date(Date.now() + DAY_MS).toISOString().slice(0, 10);
    await page.getByLabel('From').fill(tomorrow);
    await page.getByRole('heading', { name: 'No events' }).waitFor();
    await page.goBack();
    await page.getByText('The first 100 events').waitFor();
    await screenshot(page, 'audit');
  });

  it.each(['action=made-up', 'from=2026-99-99', 'to=yesterday', 'actor='])(
    'an address with %s shows everything instead of failing',
    async (query) => {
      await page.goto(`${world.address}/projects/${projectId}/audit?${query}`);
      await page.getByText('The first 100 events').waitFor();
    },
  );

  it('exports all pages of what the filters let through, harmless to a spreadsheet', async () => {
    const all = await exported();
    expect(all[0]).toBe('occurredAt,actor,action,projectId,targetId,sourceAddress,detail,count,requestId,id');
    expect(all).toHaveLength(NOTES + 3);
    await page.getByText(`Exported ${String(NOTES + 2)} events`).waitFor();
    await page.getByLabel('What').selectOption('Created an API key');
    await page.getByText('1 event', { exact: true }).waitFor();
    const [, only, ...rest] = await exported();
    expect(rest).toEqual([]);
    expect(only).toContain('HYPERLINK');
    expect(only).not.toMatch(/(^|,)"?[=+@-]/);
  });

  it('an export that fails half-way leaves no file, and says so', async () => {
    const files: Download[] = [];
    page.on('download', (file) => files.push(file));
    await page.getByLabel('What').selectOption('Everything');
    await page.getByText('The first 100 events').waitFor();
    await page.route(/audit-events\?.*cursor=/, (route) => route.abort());
    await page.getByRole('button', { name: 'Export CSV' }).click();
    await page.getByText('Nothing was exported').waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    expect(files).toEqual([]);
  });

  it('the audit page of all projects shows sign-ins and look-ups, to whom may see them', async () => {
    const { id, key } = await world.gateway.createKey(projectId, { note: 'Looked up' });
    await world.gateway.admin('POST', '/v1/api-keys/lookup', { key });
    const admin = await world.openAsAdmin('/audit?action=session.signed-in');
    const signIns = admin.getByRole('row').filter({ hasText: 'Name of olga (olga)' });
    await signIns.first().waitFor();
    await admin.goto(`${world.address}${world.keysOf(projectId)}/${id}`);
    await eventually(async () => {
      expect(await admin.getByRole('row').filter({ hasText: 'Looked up an API key' }).count()).toBe(1);
    });
    await admin.context().close();
    await page.goto(`${world.address}/audit?action=session.signed-in`);
    await page.getByRole('heading', { name: 'No events' }).waitFor();
  });
}
