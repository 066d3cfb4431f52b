// npm run prove:lists -- [--keys N]: does a page of a list cost what it has, or what there is? The same pages through the
// gateway with 1,000 keys in the database and with a million, 10,000 of them in one project; and those of the audit trail
// with as many events. Exit code 1 when a page takes much longer. The figures of one run are to be compared with each other only.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPlatform } from '../../tools/stack/platform.mjs';
import { prepare } from '../../tools/stack/prepare.mjs';
import { temporaryDirectory } from '../../tools/stack/servers.mjs';
import { Progress } from '../../tools/stack/terminal.mjs';
import { startViewers } from './viewers.mjs';

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

/** Of one project, actor, API key and action there are a few events only, and they are the oldest. */
const SELDOM = { projectId: randomUUID(), targetId: randomUUID(), actor: 'Ada', action: 'project.renamed' };
const OF_EVENTS = ['', ...Object.entries(SELDOM).map(([name, value]) => `${name}=${value}`)];
const SELDOM_EVENTS = 100;
/** So many that a search through everybody's events could hope to meet one of theirs soon, and would not. */
const PROJECTS_WITH_EVENTS = 200;

const progress = new Progress();
await prepare({ onProgress: (message) => progress.step(message) });
const viewers = await startViewers();
const platform = await startPlatform({
  dir: temporaryDirectory('prove-lists'),
  baseEnv: { LOG_LEVEL: 'warn' },
  env: { gateway: viewers.environment },
  onProgress: (message) => progress.step(message),
});
const sql = new pg.Client({ connectionString: platform.databaseUrl });
try {
  await sql.connect();
  await seed(FEW);
  await seedEvents(FEW);
  const fewEvents = await measureEvents();
  const few = await measure('/v1/api-keys', ACROSS);
  await seed(many - FEW);
  const full = await measure('/v1/api-keys', ACROSS);
  const projectId = await fullProject();
  const inProject = await measure(`/v1/projects/${projectId}/api-keys`, IN_PROJECT);
  await seedEvents(many - FEW);
  const manyEvents = await measureEvents();
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
  console.log(`page of 50 audit events, median of ${REPEATS}, ms  ${FEW} events  ${many} events   ratio`);
  for (const [label, before] of fewEvents) {
    const after = manyEvents.get(label) ?? NaN;
    console.log(row(label, [before, after, after / before]));
    if (!(after / before <= MAX_RATIO)) process.exitCode = 1;
  }
} finally {
  progress.done();
  viewers.stop();
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

/** What is seldom comes with the first ones. @param {number} count */
async function seedEvents(count) {
  progress.step(`${count} events to make`);
  await sql.query(
    `INSERT INTO key_management.audit_events (id, occurred_at, actor, action, project_id, target_id, detail)
     SELECT gen_random_uuid(), now() - interval '901 days', $3, $4, $1, $2, 'Shop → Website'
     FROM generate_series(1, $5::int) WHERE NOT EXISTS (SELECT FROM key_management.audit_events WHERE project_id = $1)`,
    [SELDOM.projectId, SELDOM.targetId, SELDOM.actor, SELDOM.action, SELDOM_EVENTS],
  );
  await sql.query(
    `WITH projects AS MATERIALIZED (SELECT n, gen_random_uuid() AS id FROM generate_series(1, $2::int) n)
     INSERT INTO key_management.audit_events (id, occurred_at, actor, action, project_id, target_id, detail)
     SELECT gen_random_uuid(), now() - random() * interval '900 days', 'admin-token', 'api-key.created', projects.id,
       gen_random_uuid(), 'tlx_0000 a note of usual length'
     FROM generate_series(1, $1::int) m JOIN projects ON projects.n = 1 + m % $2`,
    [count, PROJECTS_WITH_EVENTS],
  );
  await sql.query('VACUUM (ANALYZE) key_management.audit_events');
}

/** @returns {Promise<Map<string, number>>} by what is read */
async function measureEvents() {
  const path = '/v1/audit-events';
  const ofAll = await measure(path, OF_EVENTS);
  const medians = new Map(
    OF_EVENTS.map((query) => [`of all, ?${query.split('=')[0]}`, ofAll.get(query) ?? NaN]),
  );
  const scopes = {
    'for a viewer of one project': [SELDOM.projectId],
    'for one of 100 without events': Array.from({ length: 100 }, () => randomUUID()),
  };
  for (const [label, projectIds] of Object.entries(scopes)) {
    const ofSome = await measure(path, [''], await viewers.tokenFor(projectIds));
    medians.set(label, ofSome.get('') ?? NaN);
  }
  return medians;
}

/** @param {string} path @param {string[]} queries @param {string} [token] @returns {Promise<Map<string, number>>} median ms by query */
async function measure(path, queries, token = platform.adminToken) {
  const medians = new Map();
  for (const query of queries) {
    progress.step(`${path}?${query}`);
    const times = [];
    for (let i = -5; i < REPEATS; i++) {
      const startedAt = performance.now();
      await readPage(`${path}?${query}`, token);
      // The first few only warm up.
      if (i >= 0) times.push(performance.now() - startedAt);
    }
    medians.set(query, times.sort((a, b) => a - b)[REPEATS / 2]);
  }
  return medians;
}

/** @param {string} path @param {string} token */
async function readPage(path, token) {
  const answer = await fetch(platform.gatewayUrl + path, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
  await answer.json();
}
