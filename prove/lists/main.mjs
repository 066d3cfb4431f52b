// npm run prove:lists -- [--keys N]: does a page of a list cost what it has, or what there is? The same pages through the
// gateway with 1,000 keys in the database and with a million, 10,000 of them in one project. Exit code 1 when a page takes
// much longer. The figures of one run are to be compared with each other only.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPlatform } from '../../tools/stack/platform.mjs';
import { prepare } from '../../tools/stack/prepare.mjs';
import { temporaryDirectory } from '../../tools/stack/servers.mjs';
import { Progress } from '../../tools/stack/terminal.mjs';

const FEW = 1_000;
const KEYS_OF_PROJECT = 10_000;
const REPEATS = 40;
const MAX_RATIO = 4;
/** A filter that few keys pass looks at 10,000 of them where there are so many, and at all where there are few. */
const MAX_RATIO_FILTERED = 30;

const { values } = parseArgs({ options: { keys: { type: 'string', default: '1000000' } } });
const many = Number(values.keys);
if (!(many >= FEW)) throw new Error(`--keys must be at least ${FEW}`);

/** Of keys across all projects. */
const ACROSS = ['', 'sort=createdAt', 'sort=expiresAt', 'sort=-expiresAt', 'unusedForDays=30', 'q=needle'];
const IN_PROJECT = [...ACROSS, 'sort=lastUsedAt', 'sort=-lastUsedAt'];

const progress = new Progress();
await prepare({ onProgress: (message) => progress.step(message) });
const platform = await startPlatform({
  dir: temporaryDirectory('prove-lists'),
  baseEnv: { LOG_LEVEL: 'warn' },
  onProgress: (message) => progress.step(message),
});
const sql = new pg.Client({ connectionString: platform.databaseUrl });
try {
  await sql.connect();
  await seed(FEW);
  const few = await measure('/v1/api-keys', ACROSS);
  await seed(many - FEW);
  const full = await measure('/v1/api-keys', ACROSS);
  const projectId = await fullProject();
  const inProject = await measure(`/v1/projects/${projectId}/api-keys`, IN_PROJECT);
  progress.done();

  console.log(`page of 50 keys, median of ${REPEATS}, ms        ${FEW} keys  ${many} keys   ratio`);
  for (const [query, before] of few) {
    const after = full.get(query) ?? NaN;
    const ratio = after / before;
    console.log(row(`/v1/api-keys?${query}`, [before, after, ratio]));
    const isFiltered = query !== '' && !query.startsWith('sort=');
    if (!(ratio <= (isFiltered ? MAX_RATIO_FILTERED : MAX_RATIO))) process.exitCode = 1;
  }
  console.log(`in a project with ${KEYS_OF_PROJECT} of ${many} keys`);
  for (const [query, ms] of inProject) console.log(row(`…/api-keys?${query}`, [ms]));
} finally {
  progress.done();
  await sql.end();
  await platform.stop();
}

/** @param {string} label @param {number[]} figures */
function row(label, figures) {
  return `${label.padEnd(38)}${figures.map((figure) => figure.toFixed(1).padStart(12)).join('')}`;
}

/**
 * In projects that are full: a third expires, half was used, a few have a note to be found by.
 *
 * @param {number} count
 */
async function seed(count) {
  for (let left = count; left > 0; left -= KEYS_OF_PROJECT) {
    progress.step(`${left} keys to make`);
    const projectId = randomUUID();
    await sql.query(`INSERT INTO key_management.projects (id, name, created_at) VALUES ($1, 'Full', now())`, [
      projectId,
    ]);
    await sql.query(
      `WITH made AS (
         INSERT INTO key_management.api_keys
           (id, project_id, key_hash, key_start, note, state, created_at, created_by, expires_at)
         SELECT gen_random_uuid(), $1, sha256(gen_random_uuid()::text::bytea), 'tlx_0000',
           CASE WHEN random() < 0.00001 THEN 'needle' ELSE 'a note of usual length' END, 'active',
           now() - random() * interval '900 days', 'admin-token',
           CASE WHEN random() < 0.3 THEN now() + random() * interval '900 days' END
         FROM generate_series(1, $2::int) RETURNING id)
       INSERT INTO usage_tracking.key_usage (key_id, first_used_at, last_used_at)
       SELECT id, now() - interval '900 days', now() - random() * interval '60 days' FROM made WHERE random() < 0.5`,
      [projectId, Math.min(left, KEYS_OF_PROJECT)],
    );
  }
  await sql.query('VACUUM (ANALYZE) key_management.api_keys');
  await sql.query('VACUUM (ANALYZE) usage_tracking.key_usage');
}

/** @returns {Promise<string>} */
async function fullProject() {
  const { rows } = await sql.query(
    'SELECT project_id FROM key_management.api_keys GROUP BY 1 ORDER BY count(*) DESC LIMIT 1',
  );
  return rows[0].project_id;
}

/** @param {string} path @param {string[]} queries @returns {Promise<Map<string, number>>} median ms by query */
async function measure(path, queries) {
  const medians = new Map();
  for (const query of queries) {
    progress.step(`${path}?${query}`);
    const times = [];
    for (let i = -5; i < REPEATS; i++) {
      const startedAt = performance.now();
      await readPage(`${path}?${query}`);
      // The first few only warm up.
      if (i >= 0) times.push(performance.now() - startedAt);
    }
    medians.set(query, times.sort((a, b) => a - b)[REPEATS / 2]);
  }
  return medians;
}

/** @param {string} path */
async function readPage(path) {
  const answer = await fetch(platform.gatewayUrl + path, {
    headers: { authorization: `Bearer ${platform.adminToken}` },
  });
  if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
  await answer.json();
}
