import type { Locator, Page, Route } from 'playwright-core';
import { mintKey } from '#api-key';
import type { GatewayClient } from './gateway-client.js';

/** What the views of the console are taken of. */
export interface Ground {
  gateway: GatewayClient;
  /** A project with the sample data, one without any key, and one in which keys may come and go. */
  website: string;
  empty: string;
  spare: string;
}

/** Leads a page that is signed in to one state of the console, and returns once it is there. */
export type View = (page: Page, ground: Ground) => Promise<unknown>;

const dialogOf = (page: Page): Locator => page.getByRole('dialog');
const listOf = (projectId: string): string => `/projects/${projectId}/api-access/api-keys`;

async function open(page: Page, { gateway }: Ground, path: string): Promise<void> {
  await page.goto(gateway.url + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

async function openList(page: Page, ground: Ground, projectId = ground.website): Promise<void> {
  await open(page, ground, listOf(projectId));
  await page.getByRole('table', { name: 'API keys' }).waitFor();
  if (projectId === ground.website) await page.getByText('1 key expires within 14 days').waitFor();
}

async function openRowMenu(page: Page, ground: Ground, note: string, item?: string): Promise<void> {
  await openList(page, ground);
  await page.getByRole('button', { name: `Actions for ${note}` }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).waitFor();
  if (item === undefined) return;
  await page.getByRole('menuitem', { name: item }).click();
  await dialogOf(page).waitFor();
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).first().click();
  await dialogOf(page).waitFor();
}

async function openKey(page: Page, ground: Ground, note: string): Promise<void> {
  await openList(page, ground);
  await page.getByRole('link', { name: note, exact: true }).click();
  await page.getByRole('img', { name: /Uses per day/ }).waitFor();
  await page.getByRole('table', { name: 'Audit events' }).waitFor();
}

async function createKey(page: Page, ground: Ground): Promise<void> {
  await open(page, ground, listOf(ground.spare));
  await page.getByRole('button', { name: 'Create API Key' }).first().click();
  await dialogOf(page).getByLabel('Note', { exact: true }).fill('GitHub Actions deploy');
  await dialogOf(page).getByRole('button', { name: 'Create', exact: true }).click();
  await dialogOf(page).getByText('There is no way to recover it later').waitFor();
}

async function openProjectMenu(page: Page, ground: Ground, item: string): Promise<void> {
  await open(page, ground, '/projects');
  await page.getByRole('button', { name: 'Actions for Website' }).click();
  await page.getByRole('menuitem', { name: item }).click();
  await dialogOf(page).waitFor();
}

/** A project of its own with keys of these notes, in which all of them are about to be deleted. */
async function selectAll(page: Page, ground: Ground, notes: readonly string[]): Promise<void> {
  const { id } = await ground.gateway.createProject('Cleaned up');
  for (const note of notes) await ground.gateway.createKey(id, { note });
  await openList(page, ground, id);
  await page.getByLabel('Select all that are shown').check();
  const bar = page.getByRole('region', { name: 'Selected API keys' });
  await bar.getByRole('button', { name: 'Delete' }).click();
  await dialogOf(page).waitFor();
}

async function find(page: Page, ground: Ground, key: string): Promise<void> {
  await openList(page, ground);
  await press(page, 'Find a key');
  await dialogOf(page).getByLabel('API key', { exact: true }).fill(key);
  await dialogOf(page).getByRole('button', { name: 'Find' }).click();
}

const unavailable = (route: Route): Promise<void> =>
  route.fulfill({
    status: 503,
    contentType: 'application/problem+json',
    body: JSON.stringify({
      code: 'unavailable',
      detail: 'The service is not available. Nothing is wrong with your request: try again in a moment.',
      requestId: '98657340-5003-4322-bc70-9f83c62beedc',
    }),
  });

const KEYS_OF_PROJECT = '**/v1/projects/*/api-keys?*';

export const VIEWS: Readonly<Record<string, View>> = {
  projects: (page, ground) => open(page, ground, '/projects'),
  'projects-no-match': async (page, ground) => {
    await open(page, ground, '/projects');
    await page.getByLabel('Search projects').fill('nothing like that');
    await page.getByRole('button', { name: 'Clear search' }).last().waitFor();
  },
  'projects-none': async (page, ground) => {
    await page.route('**/v1/projects?*', (route) => route.fulfill({ json: { data: [], nextCursor: null } }));
    await open(page, ground, '/projects');
    await page.getByText('There are no projects yet').waitFor();
  },
  'project-rename': (page, ground) => openProjectMenu(page, ground, 'Rename'),
  'project-delete-refused': async (page, ground) => {
    await openProjectMenu(page, ground, 'Delete');
    await dialogOf(page).getByRole('button', { name: 'Delete' }).click();
    await dialogOf(page).getByText('Delete its API keys first').waitFor();
  },
  'api-keys': (page, ground) => openList(page, ground),
  'api-keys-empty': async (page, ground) => {
    await open(page, ground, listOf(ground.empty));
    await page.getByText('No API keys yet').waitFor();
  },
  'api-keys-no-match': async (page, ground) => {
    await open(page, ground, `${listOf(ground.website)}?q=nothing-like-that`);
    await page.getByRole('button', { name: 'Clear filters' }).waitFor();
  },
  'api-keys-loading': async (page, ground) => {
    await page.route(KEYS_OF_PROJECT, () => undefined);
    await open(page, ground, listOf(ground.website));
    await page.getByText('Loading API keys').waitFor();
  },
  'api-keys-unavailable': async (page, ground) => {
    await page.route(KEYS_OF_PROJECT, unavailable);
    await open(page, ground, listOf(ground.website));
    await page.getByRole('alert').waitFor();
  },
  'api-keys-not-refreshed': async (page, ground) => {
    await openList(page, ground);
    await page.route(KEYS_OF_PROJECT, unavailable);
    await page.getByText('It could not be refreshed').waitFor({ timeout: 30_000 });
  },
  'api-keys-selected': async (page, ground) => {
    await openList(page, ground);
    await page.getByLabel('Select Old Jenkins').check();
    await page.getByLabel('Select Zapier').check();
    await page.getByRole('region', { name: 'Selected API keys' }).waitFor();
  },
  'row-menu': (page, ground) => openRowMenu(page, ground, 'Nightly backup'),
  'create-in-the-past': async (page, ground) => {
    await openList(page, ground);
    await press(page, 'Create API Key');
    await dialogOf(page).getByText('Custom').click();
    await dialogOf(page).getByLabel('Valid until the end of').fill('2020-01-01');
    await dialogOf(page).getByText('This date is in the past.').waitFor();
  },
  'create-failed': async (page, ground) => {
    await openList(page, ground);
    await page.route('**/v1/projects/*/api-keys', unavailable);
    await press(page, 'Create API Key');
    await dialogOf(page).getByRole('button', { name: 'Create', exact: true }).click();
    await dialogOf(page).getByRole('alert').waitFor();
  },
  reveal: createKey,
  'reveal-copied': async (page, ground) => {
    await createKey(page, ground);
    await dialogOf(page).getByRole('button', { name: 'Copy', exact: true }).click();
    await dialogOf(page).getByText('Copied to the clipboard.').waitFor();
    await dialogOf(page).getByRole('tab', { name: 'Python' }).click();
  },
  'reveal-not-copied': async (page, ground) => {
    await page.addInitScript('document.execCommand = () => false; delete Navigator.prototype.clipboard');
    await createKey(page, ground);
    await dialogOf(page).getByRole('button', { name: 'Copy', exact: true }).click();
    await dialogOf(page).getByText('Press Ctrl+C').waitFor();
  },
  replacement: (page, ground) => openRowMenu(page, ground, 'Nightly backup', 'Create replacement'),
  'change-note': (page, ground) => openRowMenu(page, ground, 'Nightly backup', 'Change note'),
  'delete-in-use': async (page, ground) => {
    await openRowMenu(page, ground, 'GitHub Actions deploy', 'Delete');
    await dialogOf(page).getByText('This key is in use').waitFor();
  },
  'delete-idle': (page, ground) => openRowMenu(page, ground, 'Old Jenkins', 'Delete'),
  deleted: async (page, ground) => {
    await selectAll(page, ground, ['Old importer']);
    await dialogOf(page).getByRole('button', { name: 'Confirm' }).click();
    await page.getByText(/is refused with 401/).waitFor();
  },
  'delete-many': async (page, ground) => {
    await openList(page, ground);
    await page.getByLabel('Select all that are shown').check();
    const bar = page.getByRole('region', { name: 'Selected API keys' });
    await bar.getByRole('button', { name: 'Delete' }).click();
    await dialogOf(page).getByText('of these keys are in use').waitFor();
  },
  'delete-many-failed': async (page, ground) => {
    let deletions = 0;
    await page.route('**/v1/projects/*/api-keys/*', (route) =>
      route.request().method() === 'DELETE' && deletions++ === 1 ? unavailable(route) : route.continue(),
    );
    await selectAll(page, ground, ['First of three', 'Second of three', 'Third of three']);
    await dialogOf(page).getByRole('button', { name: 'Confirm' }).click();
    await dialogOf(page).getByRole('button', { name: 'Try again' }).waitFor();
  },
  'api-key': (page, ground) => openKey(page, ground, 'Grafana dashboards'),
  'api-key-replaced': (page, ground) => openKey(page, ground, 'Checkout service, Frankfurt'),
  'api-key-gone': async (page, ground) => {
    await open(page, ground, `${listOf(ground.website)}/${crypto.randomUUID()}`);
    await page.getByText('There is no such API key').waitFor();
  },
  'llm-keys': async (page, ground) => {
    await open(page, ground, `/projects/${ground.website}/api-access/llm-keys`);
    await page.getByText('LLM Keys are not available yet').waitFor();
  },
  'recently-deleted': async (page, ground) => {
    await open(page, ground, `/projects/${ground.website}/api-access/recently-deleted`);
    await page.getByRole('table').waitFor();
  },
  'recently-deleted-none': async (page, ground) => {
    await open(page, ground, `/projects/${ground.empty}/api-access/recently-deleted`);
    await page.getByText('Nothing was deleted').waitFor();
  },
  'all-api-keys': async (page, ground) => {
    await open(page, ground, '/api-keys');
    await page.getByRole('link', { name: 'Website' }).first().waitFor();
  },
  audit: async (page, ground) => {
    await open(page, ground, '/audit');
    await page.getByRole('table').waitFor();
  },
  'audit-no-match': async (page, ground) => {
    await open(page, ground, '/audit?actor=nobody');
    await page.getByRole('button', { name: 'Clear filters' }).waitFor();
  },
  'find-found': async (page, ground) => {
    await find(page, ground, (await ground.gateway.createKey(ground.spare, { note: 'Leaked' })).key);
    await dialogOf(page).getByRole('button', { name: 'Go to the key' }).waitFor();
  },
  'find-unknown': async (page, ground) => {
    await find(page, ground, mintKey());
    await dialogOf(page).getByText('There is no such API key').waitFor();
  },
  'find-mistyped': async (page, ground) => {
    await find(page, ground, `tlx_${'0'.repeat(49)}`);
    await dialogOf(page).getByText('cut, mistyped or something else').waitFor();
  },
  help: async (page, ground) => {
    await openList(page, ground);
    await page.keyboard.press('?');
    await dialogOf(page).waitFor();
  },
  'account-menu': async (page, ground) => {
    await openList(page, ground);
    await page.getByRole('button', { name: 'Account and appearance' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
  },
  'not-found': (page, ground) => open(page, ground, '/projects/nothing/there'),
  'session-ended': async (page, ground) => {
    await openList(page, ground);
    await press(page, 'Create API Key');
    const problem = { code: 'admin_credential_missing', detail: 'Sign in.' };
    await page.route(KEYS_OF_PROJECT.replace('?*', ''), (route) =>
      route.fulfill({ status: 401, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    );
    await dialogOf(page).getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText('Your session has ended').waitFor();
    await page.getByLabel('Admin token').waitFor();
  },
};
