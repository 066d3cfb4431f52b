// What goes wrong only by the worst of timing, which chance would need days for: a hostile scheduler. Each holds something
// back at the very moment at which a wrong protocol would let a deleted key through.
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** @typedef {import('./ground.mjs').RevocationGround} Ground */
/** @typedef {import('./crowd.mjs').Crowd} Crowd */
/** @typedef {import('./population.mjs').Key} Key */

/** @typedef {{ ground: Ground, crowd: Crowd }} Stage */

const KEYS = 6;
/** Verifications have reached PostgreSQL, whose answers are held. */
const READ_MS = 60;
/** A verifier gives up after 700 ms: where that is too short for all of an ambush, it comes to nothing. A planted one is patient. */
const LONGEST_READ_MS = 2_300;
/** Below the 4 s after which key-management gives up a statement. */
const LOCKED_MS = 3_300;
const LAST_CALLS_BEFORE_COMMIT_MS = 300;
/** A busy machine makes verifiers go without Redis for a while, before and after: one call would miss the entry. */
const FILLING_CALLS = 3;
const CALLS_AFTER = 12;
const CALLS_AFTER_EVERY_MS = 100;
const PATIENT_MS = 20_000;
const IMPATIENT_MS = 300;
const CUT_OFF_MS = 2_500;

export const AMBUSH = {
  slowRead: 'ambush: a slow read across a deletion',
  slowReadAndRollback: 'ambush: a slow read across a deletion and a rollback of Redis',
  deletersWithoutRedis: 'ambush: those who delete cannot reach Redis',
  slowCommit: 'ambush: a slow commit while those who delete cannot reach Redis',
};

/** @type {readonly import('../harness/injector.mjs').Ambush<Stage>[]} */
export const AMBUSHES = [
  { kind: AMBUSH.slowRead, strike: slowRead },
  { kind: AMBUSH.slowReadAndRollback, strike: slowReadAndRollback },
  { kind: AMBUSH.deletersWithoutRedis, strike: deletersWithoutRedis },
  { kind: AMBUSH.slowCommit, strike: slowCommit },
];

/** Verifiers have read `active`; before they learn it, the key is deleted, and called again. @param {Stage} stage */
async function slowRead({ ground, crowd }) {
  const keys = await createKeys(crowd);
  const startedAtMs = performance.now();
  holdVerifiersReads(ground);
  try {
    const first = callAtBoth(ground, crowd, keys);
    await ground.pause(READ_MS);
    await within(LONGEST_READ_MS - READ_MS, deleteAll(crowd, keys));
    const second = callAtBoth(ground, crowd, keys);
    // Let some join what is under way, should they be able to.
    await ground.pause(Math.min(READ_MS, startedAtMs + LONGEST_READ_MS - performance.now()));
    releaseVerifiersReads(ground);
    await Promise.all([first, second]);
  } finally {
    releaseVerifiersReads(ground);
  }
  await callAtBoth(ground, crowd, keys);
  crowd.watch(keys);
}

/** The same, and Redis comes back with the fill tokens that the deletion has removed. @param {Stage} stage */
async function slowReadAndRollback({ ground, crowd }) {
  const keys = await createKeys(crowd);
  const startedAtMs = performance.now();
  holdVerifiersReads(ground);
  try {
    const calls = callAtBoth(ground, crowd, keys);
    await ground.pause(READ_MS);
    await ground.takeSnapshot();
    await within(LONGEST_READ_MS / 2, deleteAll(crowd, keys));
    await ground.restartRedis('older content');
    await ground.verifiersUseRedis(startedAtMs + LONGEST_READ_MS - performance.now());
    releaseVerifiersReads(ground);
    await calls;
  } finally {
    releaseVerifiersReads(ground);
    rmSync(ground.snapshotFile, { force: true });
  }
  await callAtBoth(ground, crowd, keys);
  crowd.watch(keys);
}

/**
 * Keys are cached; key-management and one of the verifiers lose Redis. Until their entries have expired, nobody may be told
 * that the keys are deleted: not by an impatient second DELETE, a list, or the verifier that has to ask PostgreSQL.
 *
 * @param {Stage} stage
 */
async function deletersWithoutRedis({ ground, crowd }) {
  const keys = await createKeys(crowd);
  await callAtBoth(ground, crowd, keys);
  const cutOff = /** @type {const} */ (['key-management-1', 'key-management-2', 'verification-2']);
  for (const client of cutOff) ground.links.redis[client].cut();
  const deletions = deleteAll(crowd, keys, IMPATIENT_MS);
  const endsAtMs = performance.now() + CUT_OFF_MS;
  while (performance.now() < endsAtMs) {
    await Promise.all([
      callAtBoth(ground, crowd, keys),
      ...ground.doors.flatMap((door) => keys.map((key) => crowd.callers.whoAmI(door, key))),
      ...keys.map((key) => crowd.admins.lookAt(key)),
    ]);
    await ground.pause(20);
  }
  for (const client of cutOff) ground.links.redis[client].heal();
  await deletions;
  await callAtBoth(ground, crowd, keys);
  crowd.watch(keys);
}

/**
 * The commit of `deleting` comes long after the deletion was asked for, and entries are filled until then: a wait must not
 * count from anything before the commit.
 *
 * @param {Stage} stage
 */
async function slowCommit({ ground, crowd }) {
  const keys = await createKeys(crowd);
  const deleters = /** @type {const} */ (['key-management-1', 'key-management-2']);
  const postgres = await ground.connectToPostgres();
  try {
    for (const deleter of deleters) ground.links.redis[deleter].cut();
    await postgres.query('BEGIN');
    const ids = keys.map(({ id }) => id);
    await postgres.query('SELECT FROM key_management.api_keys WHERE id = ANY($1) FOR UPDATE', [ids]);
    const deletions = keys.map((key) => deleteAndCall(ground, crowd, key));
    await ground.pause(LOCKED_MS - LAST_CALLS_BEFORE_COMMIT_MS);
    for (let call = 0; call < FILLING_CALLS; call += 1) await callAtBoth(ground, crowd, keys);
    await postgres.query('ROLLBACK');
    await Promise.all(deletions);
  } finally {
    for (const deleter of deleters) ground.links.redis[deleter].heal();
    await postgres.end();
  }
  crowd.watch(keys);
}

/**
 * Not called before the 204: a single verification that reads PostgreSQL would fence, and spoil the ambush.
 *
 * @param {Ground} ground
 * @param {Crowd} crowd
 * @param {Key} key
 */
async function deleteAndCall(ground, crowd, key) {
  await crowd.admins.deleteKey(key, { timeoutMs: PATIENT_MS });
  for (let call = 0; call < CALLS_AFTER; call += 1) {
    await callAtBoth(ground, crowd, [key]);
    await ground.pause(CALLS_AFTER_EVERY_MS);
  }
}

/** @param {Crowd} crowd @returns {Promise<Key[]>} whom nobody has called yet */
async function createKeys(crowd) {
  const created = await Promise.all(Array.from({ length: KEYS }, () => crowd.admins.createKey()));
  return created.filter((key) => key !== undefined);
}

/** @param {Crowd} crowd @param {readonly Key[]} keys @param {number} timeoutMs of each attempt */
async function deleteAll(crowd, keys, timeoutMs = PATIENT_MS) {
  await Promise.all(keys.map((key) => crowd.admins.deleteKey(key, { timeoutMs })));
}

/** @param {Ground} ground @param {Crowd} crowd @param {readonly Key[]} keys */
async function callAtBoth({ doors }, { callers }, keys) {
  await Promise.all(doors.flatMap((door) => keys.map((key) => callers.call(door, key))));
}

/** @param {Ground} ground */
function holdVerifiersReads({ links: { postgres } }) {
  postgres['verification-1'].holdAnswers();
  postgres['verification-2'].holdAnswers();
}

/** @param {Ground} ground */
function releaseVerifiersReads({ links: { postgres } }) {
  postgres['verification-1'].heal();
  postgres['verification-2'].heal();
}

/** Waits for it, but not longer; it goes on. @param {number} ms @param {Promise<unknown>} work */
async function within(ms, work) {
  await Promise.race([work, delay(Math.max(0, ms))]);
}
