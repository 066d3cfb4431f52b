// The keys of a proof, from their creation until nobody asks about them any more.
import { KeyHistory } from './history.mjs';

/** Longer than F + L + margin: whatever could bring a key back would have done so. */
const WATCHED_AFTER_DELETION_MS = 16_000;
/** Deleted keys that are tried until the end: R-forever. */
const GRAVEYARD_KEYS = 300;
const RECENT_MS = 1_500;

/** @typedef {import('./history.mjs').CallResult} CallResult */

export class Key {
  isBeingDeleted = false;
  /** When its deletion was confirmed. */
  goneAtMs = Infinity;
  createdAtMs = performance.now();

  /** @param {{ id: string, projectId: string, key: string, expiresAt: string | null }} created */
  constructor({ id, projectId, key, expiresAt }) {
    this.id = id;
    this.projectId = projectId;
    this.secret = key;
    const livesForMs = expiresAt === null ? Infinity : Date.parse(expiresAt) - Date.now();
    this.history = new KeyHistory({ expiresAtMs: performance.now() + livesForMs });
  }
}

export class Population {
  /** By project. @type {Map<string, Set<Key>>} */
  projects = new Map();
  /** @type {Set<Key>} */
  live = new Set();
  /** Being deleted, or deleted a moment ago. @type {Set<Key>} */
  hot = new Set();
  /** @type {Key[]} */
  graveyard = [];
  /** The youngest last. @type {Key[]} */
  #recent = [];
  #random;
  #tally;

  /** @param {import('../harness/random.mjs').Random} random @param {import('./tally.mjs').Tally} tally */
  constructor(random, tally) {
    this.#random = random;
    this.#tally = tally;
  }

  /** Admins see it. @param {Key} key */
  add(key) {
    this.projects.get(key.projectId)?.add(key);
  }

  /** From now on anybody may call it and delete it. @param {Key} key */
  handOut(key) {
    this.live.add(key);
    this.#recent.push(key);
  }

  /** A key that nobody is deleting yet: as often a young one as any other. @returns {Key | undefined} */
  chooseVictim() {
    const key = this.#random.chance(0.5) ? this.#chooseRecent() : chooseAny(this.live, this.#random);
    return key?.isBeingDeleted ? undefined : key;
  }

  /** A key to call: live ones, those that are just being deleted, and a few long deleted. @returns {Key | undefined} */
  chooseToCall() {
    const chance = this.#random.next();
    if (chance < 0.4) return chooseAny(this.hot, this.#random) ?? chooseAny(this.live, this.#random);
    if (chance < 0.6) return this.#chooseRecent() ?? chooseAny(this.live, this.#random);
    if (chance < 0.65 && this.graveyard.length > 0) return this.#random.pick(this.graveyard);
    return chooseAny(this.live, this.#random);
  }

  /** @param {Key} key */
  beginDeletion(key) {
    key.isBeingDeleted = true;
    key.history.beginDeletion(performance.now());
    if (this.live.delete(key)) this.hot.add(key);
  }

  /** Somebody had it for themselves; now others may call it as well. @param {Key} key that is being deleted, or deleted */
  watch(key) {
    this.hot.add(key);
  }

  /** Forgets keys that were deleted long ago, but for a few. */
  bury() {
    const nowMs = performance.now();
    for (const key of this.hot) {
      if (nowMs - key.goneAtMs < WATCHED_AFTER_DELETION_MS) continue;
      this.hot.delete(key);
      this.projects.get(key.projectId)?.delete(key);
      if (this.graveyard.length < GRAVEYARD_KEYS) this.graveyard.push(key);
      else if (this.#random.chance(0.02))
        this.graveyard[Math.floor(this.#random.between(0, GRAVEYARD_KEYS))] = key;
    }
    this.#recent = this.#recent.filter((key) => nowMs - key.createdAtMs < RECENT_MS);
  }

  /**
   * @param {Key} key
   * @param {CallResult} result
   * @param {number} startMs
   * @param {string} what
   */
  record(key, result, startMs, what) {
    const violation = key.history.record({ result, startMs, endMs: performance.now(), what });
    if (violation !== undefined) this.#tally.violations.push({ ...violation, keyId: key.id });
  }

  #chooseRecent() {
    const young = this.#recent.filter((key) => !key.isBeingDeleted);
    return young.length === 0 ? undefined : this.#random.pick(young);
  }
}

/** @param {Set<Key>} keys @param {import('../harness/random.mjs').Random} random @returns {Key | undefined} */
function chooseAny(keys, random) {
  // A walk to a random place: sets have no index, and these are small.
  let left = Math.floor(random.between(0, keys.size));
  for (const key of keys) if (left-- <= 0) return key;
  return undefined;
}
