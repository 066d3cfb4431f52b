import type { Page } from 'playwright-core';
import type { CreatedApiKey } from '../support/gateway-client.js';
import { eventually } from '../support/eventually.js';
import type { World } from './world.js';

/** Longer than the slowest refresh, on the slowest machine. */
const SOON = { timeout: 40_000 };

export function describeLive(getWorld: () => World): void {
  let world: World;
  let projectId: string;
  let page: Page;
  let other: Page;

  beforeAll(async () => {
    world = getWorld();
    ({ id: projectId } = await world.gateway.createProject('Live'));
    await world.gateway.createKey(projectId, { note: 'Was there before' });
    page = await world.openAsAdmin(world.keysOf(projectId));
    other = await world.openAs('ada', world.keysOf(projectId));
    for (const open of [page, other]) await rowOn(open, 'Was there before').waitFor();
  });

  afterAll(async () => {
    await page.context().close();
    await other.context().close();
  });

  const rowOn = (on: Page, text: string) => on.getByRole('row').filter({ hasText: text });

  it('what one admin creates, renames and deletes appears at another’s, without a reload', async () => {
    await page.getByRole('button', { name: 'Create API Key' }).click();
    await page.getByRole('dialog').getByLabel('Note', { exact: true }).fill('Made by another admin');
    await page.keyboard.press('Enter');
    await page.getByLabel('I have saved it').check();
    await page.getByRole('button', { name: 'Done' }).click();
    await rowOn(other, 'Made by another admin').waitFor(SOON);
    await other.getByRole('button', { name: /^Actions for Made by another admin/ }).click();
    await other.getByRole('menuitem', { name: 'Change note' }).click();
    await other.getByRole('dialog').getByLabel('Note', { exact: true }).fill('Noted by the other');
    await other.keyboard.press('Enter');
    await rowOn(page, 'Noted by the other').waitFor(SOON);
    await page.getByRole('button', { name: /^Actions for Noted by the other/ }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
    await rowOn(other, 'Noted by the other').waitFor({ ...SOON, state: 'detached' });
  });

  it('last used, the counts and the plots of a key follow its use', async () => {
    const key: CreatedApiKey = await world.gateway.createKey(projectId, { note: 'Followed' });
    await other.goto(`${world.address}${world.keysOf(projectId)}/${key.id}`);
    await other.getByRole('img', { name: 'Uses per day, 90 bars; the highest is 0' }).waitFor();
    await other.getByText('Never used', { exact: true }).first().waitFor();
    await rowOn(page, 'Followed').getByText('Never used').waitFor(SOON);
    await world.use(key, 7);
    await rowOn(page, 'Followed')
      .getByText('Never used')
      .waitFor({ ...SOON, state: 'detached' });
    await other.getByText('Somebody depends on this key today.').waitFor(SOON);
    await other.getByRole('img', { name: 'Uses per day, 90 bars; the highest is 7' }).waitFor(SOON);
    await other.getByRole('img', { name: 'Uses per hour, 168 bars; the highest is 7' }).waitFor();
    await other.getByText('Complete as of').waitFor();
    await other.getByText('As a table').first().click();
    await other.getByRole('cell', { name: '7', exact: true }).first().waitFor();
  });

  it('a key that somebody else deletes while its page is open is said to be gone, and so is it in its dialog', async () => {
    const key = await world.gateway.createKey(projectId, { note: 'Gone while open' });
    await other.goto(`${world.address}${world.keysOf(projectId)}/${key.id}`);
    await other.getByRole('heading', { name: 'Gone while open' }).waitFor();
    await rowOn(page, 'Gone while open').waitFor(SOON);
    await page.getByRole('button', { name: /^Actions for Gone while open/ }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByText('Delete this API key?').waitFor();
    await world.gateway.deleteKey(key);
    await other.getByRole('heading', { name: 'There is no such API key' }).waitFor(SOON);
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
    await page.getByText(`${key.keyStart}… was deleted already`).waitFor();
    await other.getByRole('link', { name: 'Recently deleted' }).last().click();
    await rowOn(other, 'Gone while open').waitFor();
  });

  it('nothing is shown as created or deleted before the gateway has said so', async () => {
    const key = await world.gateway.createKey(projectId, { note: 'Not deleted yet' });
    await rowOn(page, 'Not deleted yet').waitFor(SOON);
    let answer: () => void = () => undefined;
    const mayAnswer = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/api-keys**', async (route) => {
      if (route.request().method() !== 'GET') await mayAnswer;
      await route.continue();
    });
    await page.getByRole('button', { name: /^Actions for Not deleted yet/ }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('Still at work').waitFor();
    expect(await rowOn(page, 'Not deleted yet').count()).toBe(1);
    expect((await world.gateway.auth(key.key)).status).toBe(200);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(1);
    answer();
    await page.getByText(`Deleted ${key.keyStart}…`).waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    expect(await rowOn(page, 'Not deleted yet').count()).toBe(0);
    await eventually(async () => expect((await world.gateway.auth(key.key)).status).toBe(401));
  });
}
