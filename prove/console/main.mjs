// npm run prove:console -- [--navigations N] [--searches N] [--refreshes N]: how quick the console is with 10,000 keys in a
// project, in Chromium against the whole platform on this machine; whether scrolling through all of them stutters; whether
// it grows while it is left open; and whether a key is left in the memory of its page. Reports times, and fails for none of
// them; exit code 1 when it grows, or when a key stays.
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { launchBrowser, signIn } from '../../tools/browser.mjs';
import { fillWithKeys } from '../../tools/sample-data/many-keys.mjs';
import { startPlatform } from '../../tools/stack/platform.mjs';
import { prepare } from '../../tools/stack/prepare.mjs';
import { resolveProgram } from '../../tools/stack/programs.mjs';
import { temporaryDirectory } from '../../tools/stack/servers.mjs';
import { Progress } from '../../tools/stack/terminal.mjs';
import { keysInMemory, watchGrowth } from './memory.mjs';
import { scrollThrough } from './scrolling.mjs';

const KEYS = 10_000;
const MAX_GROWTH = 1.15;

const { values } = parseArgs({
  options: {
    navigations: { type: 'string', default: '20' },
    searches: { type: 'string', default: '40' },
    refreshes: { type: 'string', default: '720' },
  },
});

const progress = new Progress();
const onProgress = (/** @type {string} */ message) => progress.step(message);
await prepare({ onProgress });
const executablePath = await resolveProgram('chromium', { onProgress });
const platform = await startPlatform({
  dir: temporaryDirectory('prove-console'),
  baseEnv: { LOG_LEVEL: 'warn' },
  onProgress,
});
const browser = await launchBrowser(executablePath);
try {
  const list = await createProject('Full', KEYS);
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  await page.goto(platform.gatewayUrl);
  await signIn(page, platform.adminToken);
  progress.done();
  const [load = 0] = loadavg();
  console.log(`load of the machine before         ${load.toFixed(1)} on ${availableParallelism()} cores`);
  report('list interactive after navigation', await navigate(page, list, Number(values.navigations)));
  const { answers, shown } = await searchFor(page, list, Number(values.searches));
  report('answer to a search', answers);
  report('rows of a search on the screen', shown);
  const { rows, frames, lateFrames, longTasks } = await scrollThrough(page, list);
  console.log(
    `scrolling through ${rows} rows      ${frames} frames, ${lateFrames} of them late; ` +
      `${longTasks.length} long tasks, the worst ${Math.round(Math.max(0, ...longTasks))} ms`,
  );
  const growth = await watchGrowth(page, list, Number(values.refreshes));
  console.log(
    `left open for ${values.refreshes} refreshes       heap × ${growth.bytes.toFixed(3)}, DOM nodes × ${growth.nodes.toFixed(3)}`,
  );
  const left = await keysInMemory(page, await createProject('Of one key', 0));
  console.log(`a key after its dialog was closed  ${left} times in a snapshot of the page's heap`);
  if (left > 0 || growth.bytes > MAX_GROWTH || growth.nodes > MAX_GROWTH) process.exitCode = 1;
} finally {
  progress.done();
  await browser.close();
  await platform.stop();
}

/** @param {string} name @param {number} keys @returns {Promise<string>} the address of its list */
async function createProject(name, keys) {
  const answer = await fetch(`${platform.gatewayUrl}/v1/projects`, {
    method: 'POST',
    headers: { authorization: `Bearer ${platform.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  const { id } = /** @type {{ id: string }} */ (await answer.json());
  const sql = new pg.Client({ connectionString: platform.databaseUrl });
  await sql.connect();
  await fillWithKeys(sql, id, keys);
  await sql.end();
  return `${platform.gatewayUrl}/projects/${id}/api-access/api-keys`;
}

/**
 * From the navigation to rows that can be clicked, by the clock of the page.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} list
 * @param {number} times
 */
async function navigate(page, list, times) {
  const ms = [];
  for (let i = 0; i < times; i++) {
    await page.goto(list, { waitUntil: 'commit' });
    ms.push(
      await page.evaluate(
        `new Promise((resolve) => {
          const look = () => document.querySelector('tbody [role=row] button') ? resolve(performance.now()) : requestAnimationFrame(look);
          look();
        })`,
      ),
    );
  }
  return ms;
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} list
 * @param {number} times
 * @returns {Promise<{ answers: number[], shown: number[] }>} of the request alone; and from the last key to the rows
 */
async function searchFor(page, list, times) {
  const answers = [];
  const shown = [];
  await page.goto(list);
  const field = page.getByRole('searchbox');
  for (let i = 1; i <= times; i++) {
    const text = `Consumer ${i * 97}`;
    const answered = page.waitForResponse(
      (response) => new URL(response.url()).searchParams.get('q') === text,
    );
    const startedAt = performance.now();
    await field.fill(text);
    const response = await answered;
    await response.finished();
    answers.push(response.request().timing().responseEnd);
    await page.getByRole('link', { name: text, exact: true }).waitFor();
    shown.push(performance.now() - startedAt);
  }
  return { answers, shown };
}

/** @param {string} label @param {number[]} values in ms */
function report(label, values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ share) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(0);
  console.log(
    `${label.padEnd(35)}p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(1)} ms (${sorted.length} times)`,
  );
}
