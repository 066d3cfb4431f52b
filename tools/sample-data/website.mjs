// A project as it looks after half a year of life, for screenshots and for the tests of looks: keys of every state, with
// the traffic of each. What takes time is written into the tables; the services see no difference.
import { createHash, randomBytes, randomUUID } from 'node:crypto';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ALPHABET = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/**
 * @typedef {object} SampleKey
 * @property {string | null} note
 * @property {number} ageDays
 * @property {string} by               who made it
 * @property {number} [expiresInDays]  negative for one that has expired
 * @property {number} [usedHoursAgo]   absent: never used
 * @property {(hour: number, isWeekend: boolean) => number} [usesInHour] of the day
 * @property {string} [replaces]       the note of an older one in this list
 * @property {{ daysAgo: number, by: string, calls: number, lastCallHoursAgo?: number }} [deleted]
 */

const office =
  (/** @type {number} */ most) => (/** @type {number} */ hour, /** @type {boolean} */ isWeekend) =>
    isWeekend ? most / 12 : hour >= 7 && hour <= 19 ? most * (1 - Math.abs(hour - 13) / 10) : most / 30;
const atNight = (/** @type {number} */ uses) => (/** @type {number} */ hour) => (hour === 2 ? uses : 0);

/** @type {readonly SampleKey[]} */
const KEYS = [
  {
    note: 'GitHub Actions deploy',
    ageDays: 190,
    by: 'anna@example.com',
    usedHoursAgo: 0.06,
    usesInHour: office(64),
  },
  {
    note: 'Grafana dashboards',
    ageDays: 160,
    by: 'jonas@example.com',
    usedHoursAgo: 0.01,
    usesInHour: () => 118,
  },
  { note: 'Nightly backup', ageDays: 141, by: 'jonas@example.com', usedHoursAgo: 9, usesInHour: atNight(46) },
  {
    note: 'Checkout service, Frankfurt',
    ageDays: 118,
    by: 'anna@example.com',
    usedHoursAgo: 7,
    usesInHour: office(310),
  },
  {
    note: 'Checkout service, Frankfurt (2026)',
    ageDays: 0.6,
    by: 'anna@example.com',
    usedHoursAgo: 0.02,
    usesInHour: office(290),
    replaces: 'Checkout service, Frankfurt',
  },
  {
    note: 'Contractor: Lena, landing page',
    ageDays: 22,
    by: 'anna@example.com',
    expiresInDays: 8.4,
    usedHoursAgo: 2.2,
    usesInHour: office(7),
  },
  {
    note: 'Load test before Black Friday',
    ageDays: 96,
    by: 'mika@example.com',
    expiresInDays: -6,
    usedHoursAgo: 170,
  },
  { note: 'Old Jenkins', ageDays: 204, by: 'mika@example.com', usedHoursAgo: 127 * 24 },
  { note: 'Zapier → Slack', ageDays: 88, by: 'anna@example.com', usedHoursAgo: 41 * 24 },
  { note: null, ageDays: 64, by: 'mika@example.com' },
  {
    note: 'Staging smoke tests',
    ageDays: 3,
    by: 'jonas@example.com',
    expiresInDays: 87,
    usedHoursAgo: 1.4,
    usesInHour: atNight(12),
  },
  {
    note: 'Partner feed (import of prices)',
    ageDays: 54,
    by: 'anna@example.com',
    expiresInDays: 311,
    usedHoursAgo: 26,
  },
  {
    note: 'Importer, before the move',
    ageDays: 199,
    by: 'mika@example.com',
    usedHoursAgo: 71,
    usesInHour: office(40),
    deleted: { daysAgo: 2.9, by: 'anna@example.com', calls: 1_284, lastCallHoursAgo: 0.1 },
  },
  {
    note: 'Laptop of Jonas',
    ageDays: 120,
    by: 'jonas@example.com',
    usedHoursAgo: 15 * 24,
    deleted: { daysAgo: 12, by: 'jonas@example.com', calls: 0 },
  },
  {
    note: 'CI (was in a public log)',
    ageDays: 35,
    by: 'anna@example.com',
    usedHoursAgo: 0.8,
    usesInHour: office(30),
    deleted: { daysAgo: 0.03, by: 'anna@example.com', calls: 23, lastCallHoursAgo: 0.4 },
  },
];

/**
 * @param {import('pg').Client} sql with the rights of the owner
 * @param {string} projectId        of an existing project
 */
export async function fillWebsite(sql, projectId) {
  const ids = new Map(KEYS.map(({ note }) => [note, randomUUID()]));
  for (const key of KEYS) await insertKey(sql, projectId, key, ids);
}

/** @param {import('pg').Client} sql @param {string} projectId @param {SampleKey} key @param {Map<string | null, string>} ids */
async function insertKey(sql, projectId, key, ids) {
  const { note, by, ageDays, expiresInDays, replaces, deleted } = key;
  const id = ids.get(note);
  const keyStart = `tlx_${Array.from(randomBytes(4), (byte) => ALPHABET[byte % ALPHABET.length]).join('')}`;
  await sql.query(
    `INSERT INTO key_management.api_keys
       (id, project_id, key_hash, key_start, note, state, created_at, created_by, expires_at, deleted_at, deleted_by, replaces_key_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      id,
      projectId,
      createHash('sha256').update(randomBytes(32)).digest(),
      keyStart,
      note,
      deleted ? 'deleted' : 'active',
      ago(ageDays),
      by,
      expiresInDays === undefined ? null : ago(-expiresInDays),
      deleted ? ago(deleted.daysAgo) : null,
      deleted?.by ?? null,
      replaces === undefined ? null : ids.get(replaces),
    ],
  );
  await insertEvent(sql, {
    at: ago(ageDays),
    actor: by,
    action: 'api-key.created',
    projectId,
    id,
    keyStart,
    note,
  });
  if (deleted) {
    const event = { at: ago(deleted.daysAgo), actor: deleted.by, action: 'api-key.deleted' };
    await insertEvent(sql, { ...event, projectId, id, keyStart, note });
    await insertRefusals(sql, id, deleted);
  }
  await insertUses(sql, id, key);
}

/** @param {import('pg').Client} sql @param {string | undefined} id @param {SampleKey} key */
async function insertUses(sql, id, { ageDays, usedHoursAgo, usesInHour = () => 2 }) {
  if (usedHoursAgo === undefined) return;
  const lastMs = Date.now() - usedHoursAgo * HOUR_MS;
  const firstMs = Date.now() - ageDays * DAY_MS + HOUR_MS / 2;
  await sql.query('INSERT INTO usage_tracking.key_usage VALUES ($1, $2, $3)', [
    id,
    new Date(firstMs),
    new Date(lastMs),
  ]);
  const hours = [];
  for (let ms = Math.max(firstMs, Date.now() - 89 * DAY_MS); ms <= lastMs; ms += HOUR_MS) {
    const hour = new Date(ms - (ms % HOUR_MS));
    const uses = Math.round(
      usesInHour(hour.getUTCHours(), hour.getUTCDay() % 6 === 0) * wobble(hour.getTime()),
    );
    if (uses > 0) hours.push({ hour, uses });
  }
  const times = hours.map(({ hour }) => hour);
  const counts = hours.map(({ uses }) => uses);
  await sql.query(
    `INSERT INTO usage_tracking.hourly_uses SELECT $1, hour, uses FROM unnest($2::timestamptz[], $3::bigint[]) AS u (hour, uses)
       WHERE hour > now() - interval '31 days'`,
    [id, times, counts],
  );
  await sql.query(
    `INSERT INTO usage_tracking.daily_uses SELECT $1, (hour AT TIME ZONE 'UTC')::date, sum(uses)
       FROM unnest($2::timestamptz[], $3::bigint[]) AS u (hour, uses) GROUP BY 2`,
    [id, times, counts],
  );
}

/**
 * @param {import('pg').Client} sql
 * @param {string | undefined} id
 * @param {NonNullable<SampleKey['deleted']>} deleted
 */
async function insertRefusals(sql, id, { daysAgo, calls, lastCallHoursAgo }) {
  if (lastCallHoursAgo === undefined) return;
  await sql.query(`INSERT INTO usage_tracking.refusals VALUES ($1, 'deleted', $2, $3, $4)`, [
    id,
    calls,
    new Date(ago(daysAgo).getTime() + 40_000),
    ago(lastCallHoursAgo / 24),
  ]);
}

/**
 * @param {import('pg').Client} sql
 * @param {{ at: Date, actor: string, action: string, projectId: string, id: string | undefined, keyStart: string, note: string | null }} event
 */
async function insertEvent(sql, { at, actor, action, projectId, id, keyStart, note }) {
  await sql.query(
    `INSERT INTO key_management.audit_events
       (id, occurred_at, actor, action, project_id, target_id, request_id, source_address, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, '192.0.2.14', $8)`,
    [
      randomUUID(),
      at,
      actor,
      action,
      projectId,
      id,
      randomUUID(),
      note === null ? keyStart : `${keyStart} ${note}`,
    ],
  );
}

/** @param {number} days */
const ago = (days) => new Date(Date.now() - days * DAY_MS);

/** Between 0.7 and 1.3, as no hour is like another; the same for the same hour. @param {number} ms */
const wobble = (ms) => 0.7 + (((ms / HOUR_MS) * 2_654_435_761) % 1_000) / 1_667;
