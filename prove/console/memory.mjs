/** Until caches, pools and compiled code are what they stay. */
const WARM_UP_REFRESHES = 20;
const REFRESH_MS = 5_000;

/**
 * Lets the clock of the page run, so that it refreshes as it would in hours.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} list
 * @param {number} refreshes
 * @returns {Promise<{ bytes: number, nodes: number }>} how many times as much there is afterwards
 */
export async function watchGrowth(page, list, refreshes) {
  const context = await page
    .context()
    .browser()
    ?.newContext({ storageState: await page.context().storageState() });
  if (context === undefined) throw new Error('the browser is gone');
  const opened = await context.newPage();
  await opened.clock.install();
  await opened.goto(list);
  await opened.getByRole('table').waitFor();
  const devtools = await context.newCDPSession(opened);
  const refresh = async () => {
    const answered = opened.waitForResponse(/\/api-keys\?limit=/);
    await opened.clock.runFor(REFRESH_MS);
    await (await answered).finished();
  };
  for (let i = 0; i < WARM_UP_REFRESHES; i++) await refresh();
  const before = await inUse(devtools);
  for (let i = 0; i < refreshes; i++) await refresh();
  const after = await inUse(devtools);
  await context.close();
  return { bytes: after.bytes / before.bytes, nodes: after.nodes / before.nodes };
}

/** @param {import('playwright-core').CDPSession} devtools */
async function inUse(devtools) {
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize: bytes } = await devtools.send('Runtime.getHeapUsage');
  const { nodes } = await devtools.send('Memory.getDOMCounters');
  return { bytes, nodes };
}

/**
 * Creates a key, closes its dialog, and looks for the key in everything that JavaScript can still reach. What the browser
 * keeps outside of that heap (the network, the clipboard, freed memory that nothing has overwritten) nobody can erase from
 * a page.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} list
 * @returns {Promise<number>} in how many strings it is
 */
export async function keysInMemory(page, list) {
  await page.goto(list);
  await page.getByRole('button', { name: 'Create API Key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Note', { exact: true }).fill('Looked for in memory');
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  // Read from the network: what is read out of the page is a string in its heap as well.
  const { key } = await (await answered).json();
  await dialog.getByText('There is no way to recover it later').waitFor();
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('row').filter({ hasText: 'Looked for in memory' }).waitFor();
  // A while of ordinary life: the next answers and renderings.
  for (let answers = 0; answers < 2; answers++) {
    await (await page.waitForResponse(/\/api-keys\?limit=/)).finished();
  }
  return stringsWith(await snapshotOf(page), key);
}

/** @param {import('playwright-core').Page} page @returns {Promise<{ strings: string[] }>} */
async function snapshotOf(page) {
  const devtools = await page.context().newCDPSession(page);
  /** @type {string[]} */
  const chunks = [];
  devtools.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => void chunks.push(chunk));
  await devtools.send('HeapProfiler.collectGarbage');
  await devtools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  return JSON.parse(chunks.join(''));
}

/** @param {{ strings: string[] }} snapshot @param {string} key */
function stringsWith({ strings }, key) {
  const part = key.slice(8, 40);
  return strings.filter((text) => text.includes(part)).length;
}
