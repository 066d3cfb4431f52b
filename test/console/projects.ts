import type { Page } from 'playwright-core';
import { screenshot, violationsOf } from '../support/browser.js';
import type { World } from './world.js';

export function describeProjects(getWorld: () => World): void {
  let world: World;
  let page: Page;

  beforeAll(async () => {
    world = getWorld();
    page = await world.openAsAdmin('/projects');
  });

  afterAll(() => page.context().close());

  const dialog = () => page.getByRole('dialog');
  const list = () => page.getByRole('listitem');
  const act = async (name: string, action: string): Promise<void> => {
    await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click();
    await page.getByRole('menuitem', { name: action }).click();
    await dialog().waitFor();
  };

  it('are created once, named once more when the name is refused, and found by a part of it', async () => {
    await page.keyboard.press('c');
    await dialog().getByLabel('Name').fill('tlx_6nYfTKlhYMH1hM1U3pnNhb1fm2U9sm9S3AQTYBmoqIg2gBTni');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await dialog().getByText('name must not contain an API key').waitFor();
    await screenshot(page, 'project-refused');
    expect(await violationsOf(page)).toEqual([]);
    await dialog().getByLabel('Name').fill('Projects: Zürich shop');
    await dialog().getByRole('button', { name: 'Create' }).dblclick();
    await page.getByRole('heading', { name: 'Projects: Zürich shop', exact: true }).waitFor();
    await page.goto(`${world.address}/projects`);
    await page.getByRole('searchbox').fill('zürich');
    await page.getByText('1 project', { exact: true }).waitFor();
    // Typed on while the answer was under way, with a blank at the end: nothing of it gets lost.
    await page.getByRole('searchbox').pressSequentially(' shop', { delay: 200 });
    expect(await page.getByRole('searchbox').inputValue()).toBe('zürich shop');
    await page.waitForURL(/\?q=z%C3%BCrich(%20|\+)shop$/);
    await page.reload();
    await page.getByText('1 project', { exact: true }).waitFor();
    await page.getByRole('searchbox').fill('no such project');
    await page.getByRole('heading', { name: 'No project is called like “no such project”' }).waitFor();
    await page.getByRole('button', { name: 'Clear search' }).last().click();
    await list().filter({ hasText: 'Projects: Zürich shop' }).waitFor();
    expect(page.url()).toBe(`${world.address}/projects`);
  });

  it('are renamed, here and where they are open elsewhere', async () => {
    const { id } = await world.gateway.createProject('Projects: before');
    const elsewhere = await page.context().newPage();
    await elsewhere.goto(world.address + world.keysOf(id));
    await elsewhere.getByRole('heading', { name: 'Projects: before' }).waitFor();
    await page.reload();
    await act('Projects: before', 'Rename');
    await dialog().getByLabel('Name').fill('Projects: after');
    await page.keyboard.press('Enter');
    await list().filter({ hasText: 'Projects: after' }).waitFor();
    await elsewhere.getByRole('heading', { name: 'Projects: after' }).waitFor({ timeout: 30_000 });
    await elsewhere.close();
  });

  it('are deleted when they are empty, and refuse to be while they are not', async () => {
    const project = await world.gateway.createProject('Projects: full');
    const key = await world.gateway.createKey(project.id);
    await page.reload();
    await act('Projects: full', 'Delete');
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await dialog().getByText('Delete its API keys first').waitFor();
    await screenshot(page, 'project-not-empty');
    expect(await violationsOf(page)).toEqual([]);
    await world.gateway.deleteKey(key);
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Deleted the project Projects: full').waitFor();
    await list().filter({ hasText: 'Projects: full' }).waitFor({ state: 'detached' });
  });

  it('open with the one that was visited last; with the list when that one is no more', async () => {
    const { id } = await world.gateway.createProject('Projects: last');
    await page.goto(world.address + world.keysOf(id));
    await page.getByRole('heading', { name: 'Projects: last' }).waitFor();
    await page.goto(world.address);
    await page.waitForURL(`**${world.keysOf(id)}`);
    await page.getByRole('heading', { name: 'Projects: last' }).waitFor();
    await page.getByRole('link', { name: 'Projects', exact: true }).first().click();
    await list().first().getByText('Last visited').waitFor();
    await list().first().getByText('Projects: last').waitFor();
    await world.gateway.admin('DELETE', `/v1/projects/${id}`);
    await page.goto(world.address);
    await page.waitForURL('**/projects');
    await page.getByRole('heading', { name: 'Projects', exact: true }).waitFor();
    // But whoever asked for it is told.
    await page.goto(world.address + world.keysOf(id));
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  });

  it('have their tabs: the current one is marked, whichever of its sub-tabs is open', async () => {
    const { id } = await world.gateway.createProject('Projects: tabs');
    await page.goto(world.address + world.keysOf(id));
    const tab = page.getByRole('navigation', { name: 'Project' }).getByRole('link', { name: 'API Access' });
    for (const name of ['LLM Keys', 'Recently deleted', 'API Keys']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.locator('[aria-current=page]', { hasText: name }).waitFor();
      expect(await tab.getAttribute('aria-current')).not.toBeNull();
    }
    await page.getByRole('link', { name: 'Audit' }).last().click();
    await page.waitForURL('**/audit');
    expect(await tab.getAttribute('aria-current')).toBeNull();
  });
}
