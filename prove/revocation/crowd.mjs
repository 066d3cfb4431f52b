// How many of each kind are at work, and how often each of them acts.
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Admins } from './admins.mjs';
import { Callers } from './callers.mjs';

const PROJECTS = 30;
const LIVE_KEYS = 300;
const CREATORS = 6;
const DELETERS = 30;
const LOOKERS = 3;
const SINGLE_CALLERS = 12;
const BATCH_CALLERS = 4;
const BATCH_KEYS = 200;
const SECOND_DELETER = 0.15;
const WONDERING = 0.1;

/** Everybody who asks the platform for something. Ends when it is told to; a key that is being deleted is deleted first. */
export class Crowd {
  #doors;
  #population;
  #random;
  #stopDeleting = new AbortController();
  #stop = new AbortController();
  /** @type {Promise<void>[]} */
  #deleters = [];
  /** @type {Promise<void>[]} */
  #others = [];

  /**
   * @param {readonly import('../harness/door.mjs').Door[]} doors
   * @param {import('./population.mjs').Population} population
   * @param {import('../harness/random.mjs').Random} random
   * @param {import('./tally.mjs').Tally} tally
   */
  constructor(doors, population, random, tally) {
    this.#doors = doors;
    this.#population = population;
    this.#random = random;
    this.callers = new Callers(population, tally);
    this.admins = new Admins(doors, population, random, tally);
    // All of them listen, and more are not a leak.
    setMaxListeners(0, this.#stop.signal, this.#stopDeleting.signal);
  }

  async gather() {
    while (this.#population.projects.size < PROJECTS) await this.admins.createProject();
    const everyone = /** @type {const} */ ([
      [CREATORS, 60, () => this.#create()],
      [LOOKERS, 150, () => this.admins.look()],
      [SINGLE_CALLERS, 30, () => this.#callOne()],
      [BATCH_CALLERS, 120, () => this.#callMany()],
      [1, 1_000, () => this.#population.bury()],
    ]);
    for (const [count, pauseMs, act] of everyone) {
      this.#others.push(...this.#repeat(count, pauseMs, act, this.#stop.signal));
    }
    this.#deleters.push(...this.#repeat(DELETERS, 900, () => this.#delete(), this.#stopDeleting.signal));
  }

  /** Those of an ambush are called by others afterwards. @param {readonly import('./population.mjs').Key[]} keys */
  watch(keys) {
    for (const key of keys) this.#population.watch(key);
  }

  /** Nobody begins to delete any more; resolves when all that was begun has been answered. */
  async finishDeletions() {
    this.#stopDeleting.abort();
    await Promise.all(this.#deleters);
  }

  async leave() {
    this.#stopDeleting.abort();
    this.#stop.abort();
    await Promise.all([...this.#deleters, ...this.#others]);
  }

  /**
   * @param {number} count
   * @param {number} pauseMs on average
   * @param {() => Promise<unknown> | void} act
   * @param {AbortSignal} signal
   */
  #repeat(count, pauseMs, act, signal) {
    return Array.from({ length: count }, async () => {
      while (!signal.aborted) {
        await act();
        await delay(this.#random.between(0, 2 * pauseMs), undefined, { signal }).catch(() => undefined);
      }
    });
  }

  async #create() {
    if (this.#population.live.size >= LIVE_KEYS) return;
    const key = await this.admins.createKey();
    if (key !== undefined) this.#population.handOut(key);
  }

  async #delete() {
    const key = this.#population.chooseVictim();
    if (key === undefined) return;
    const deleters = this.#random.chance(SECOND_DELETER) ? 2 : 1;
    const { signal } = this.#stop;
    await Promise.all(Array.from({ length: deleters }, () => this.admins.deleteKey(key, { signal })));
  }

  async #callOne() {
    const key = this.#population.chooseToCall();
    if (key === undefined) return;
    const door = this.#random.pick(this.#doors);
    await (this.#random.chance(WONDERING) ? this.callers.whoAmI(door, key) : this.callers.call(door, key));
  }

  async #callMany() {
    const keys = new Set(Array.from({ length: BATCH_KEYS }, () => this.#population.chooseToCall()));
    keys.delete(undefined);
    const chosen = /** @type {import('./population.mjs').Key[]} */ ([...keys]);
    if (chosen.length > 0) await this.callers.callAll(this.#random.pick(this.#doors), chosen);
  }
}
