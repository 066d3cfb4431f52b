import { setTimeout as delay } from 'node:timers/promises';
import { AMBUSHES } from './ambushes.mjs';
import { FAULTS } from './faults.mjs';

/** @typedef {import('./faults.mjs').Fault} Fault */
/** @typedef {import('./ambushes.mjs').Ambush} Ambush */

const AT_ONCE = 3;
/** Services have reconnected: an ambush needs a platform that works. */
const SETTLED_MS = 700;

/**
 * Breaks things, from a shuffled pile of all kinds of faults that is shuffled anew when it is used up: the same seed gives the
 * same faults in the same order. Several at once, but none that would repair what another has broken; an ambush is alone.
 */
export class Injector {
  #ground;
  #crowd;
  #random;
  #tally;
  #everyMs;
  #favourite;
  #isFavouriteNext = true;
  /** @type {((random: import('./random.mjs').Random) => Fault | Ambush)[]} */
  #pile = [];
  /** @type {Map<Fault, Promise<void>>} */
  #active = new Map();

  /**
   * @param {object} options
   * @param {import('./ground.mjs').Ground} options.ground
   * @param {import('./crowd.mjs').Crowd} options.crowd
   * @param {import('./random.mjs').Random} options.random
   * @param {import('./tally.mjs').Tally} options.tally
   * @param {number} options.faultsPerMinute
   * @param {string} [options.favourite] the kind of an ambush to begin with, and to come back to after each other fault
   */
  constructor({ ground, crowd, random, tally, faultsPerMinute, favourite }) {
    this.#ground = ground;
    this.#crowd = crowd;
    this.#random = random;
    this.#tally = tally;
    this.#everyMs = 60_000 / faultsPerMinute;
    this.#favourite = AMBUSHES.find(({ kind }) => kind === favourite);
  }

  /** What is broken now, for people. */
  get present() {
    return [...this.#active.keys()].map(({ what }) => what);
  }

  /** Resolves after the signal, when everything has been repaired. @param {AbortSignal} signal */
  async run(signal) {
    while (!signal.aborted) {
      const startedAtMs = performance.now();
      const next = this.#draw();
      await (isAmbush(next) ? this.#ambush(next) : this.#strike(next));
      const leftMs = this.#everyMs - (performance.now() - startedAtMs);
      if (leftMs > 0) await delay(leftMs, undefined, { signal }).catch(() => undefined);
    }
    await Promise.all(this.#active.values());
  }

  #draw() {
    const isFavouriteNext = this.#isFavouriteNext;
    this.#isFavouriteNext = !isFavouriteNext;
    if (isFavouriteNext && this.#favourite !== undefined) return this.#favourite;
    if (this.#pile.length === 0) {
      const ambushes = AMBUSHES.map((ambush) => () => ambush);
      this.#pile = this.#random.shuffle([...FAULTS, ...ambushes]);
    }
    const make = this.#pile.pop();
    if (make === undefined) throw new Error('there are no faults');
    return make(this.#random);
  }

  /** @param {Fault} fault */
  async #strike(fault) {
    while (this.#active.size >= AT_ONCE || this.#conflicts(fault)) await Promise.race(this.#active.values());
    this.#tally.countFault(fault.kind);
    const striking = fault.strike(this.#ground).finally(() => this.#active.delete(fault));
    this.#active.set(fault, striking);
    // Whoever waits for it hears of its failure; until then it is not unhandled.
    striking.catch(() => undefined);
  }

  /** @param {Ambush} ambush */
  async #ambush(ambush) {
    await Promise.all(this.#active.values());
    await delay(SETTLED_MS);
    this.#tally.countFault(ambush.kind);
    await ambush.strike(this.#ground, this.#crowd);
  }

  /** @param {Fault} fault */
  #conflicts({ touches }) {
    return [...this.#active.keys()].some((active) => active.touches.some((part) => touches.includes(part)));
  }
}

/** @param {Fault | Ambush} fault @returns {fault is Ambush} */
function isAmbush(fault) {
  return !('touches' in fault);
}
