import { setTimeout as delay } from 'node:timers/promises';

/**
 * Breaks something for a while and repairs it again.
 *
 * @template Stage
 * @typedef {object} Fault
 * @property {string} kind
 * @property {string} what       for people
 * @property {readonly string[]} touches what must not be broken by two at once
 * @property {(stage: Stage) => Promise<void>} strike
 */

/**
 * What goes wrong only by the worst of timing, on a platform that works otherwise.
 *
 * @template Stage
 * @typedef {object} Ambush
 * @property {string} kind
 * @property {(stage: Stage) => Promise<void>} strike
 */

const AT_ONCE = 3;
/** Services have reconnected: an ambush needs a platform that works. */
const SETTLED_MS = 700;

/**
 * Breaks things, from a shuffled pile of all kinds of faults that is shuffled anew when it is used up: the same seed gives the
 * same faults in the same order. Several at once, but none that would repair what another has broken; an ambush is alone.
 *
 * @template Stage what faults act on
 */
export class Injector {
  #stage;
  #faults;
  #ambushes;
  #random;
  #onFault;
  #everyMs;
  #favourite;
  #isFavouriteNext = true;
  /** @type {((random: import('./random.mjs').Random) => Fault<Stage> | Ambush<Stage>)[]} */
  #pile = [];
  /** @type {Map<Fault<Stage>, Promise<void>>} */
  #active = new Map();

  /**
   * @param {object} options
   * @param {Stage} options.stage
   * @param {readonly ((random: import('./random.mjs').Random) => Fault<Stage>)[]} options.faults
   * @param {readonly Ambush<Stage>[]} options.ambushes
   * @param {import('./random.mjs').Random} options.random
   * @param {number} options.faultsPerMinute
   * @param {(kind: string, what: string) => void} options.onFault
   * @param {string} [options.favourite] the kind of an ambush to begin with, and to come back to after each other fault
   */
  constructor({ stage, faults, ambushes, random, faultsPerMinute, onFault, favourite }) {
    this.#stage = stage;
    this.#faults = faults;
    this.#ambushes = ambushes;
    this.#random = random;
    this.#onFault = onFault;
    this.#everyMs = 60_000 / faultsPerMinute;
    this.#favourite = ambushes.find(({ kind }) => kind === favourite);
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
      const ambushes = this.#ambushes.map((ambush) => () => ambush);
      this.#pile = this.#random.shuffle([...this.#faults, ...ambushes]);
    }
    const make = this.#pile.pop();
    if (make === undefined) throw new Error('there are no faults');
    return make(this.#random);
  }

  /** @param {Fault<Stage>} fault */
  async #strike(fault) {
    while (this.#active.size >= AT_ONCE || this.#conflicts(fault)) await Promise.race(this.#active.values());
    this.#onFault(fault.kind, fault.what);
    const striking = fault.strike(this.#stage).finally(() => this.#active.delete(fault));
    this.#active.set(fault, striking);
    // Whoever waits for it hears of its failure; until then it is not unhandled.
    striking.catch(() => undefined);
  }

  /** @param {Ambush<Stage>} ambush */
  async #ambush(ambush) {
    await Promise.all(this.#active.values());
    await delay(SETTLED_MS);
    this.#onFault(ambush.kind, ambush.kind);
    await ambush.strike(this.#stage);
  }

  /** @param {Fault<Stage>} fault */
  #conflicts({ touches }) {
    return [...this.#active.keys()].some((active) => active.touches.some((part) => touches.includes(part)));
  }
}

/** @template Stage @param {Fault<Stage> | Ambush<Stage>} fault @returns {fault is Ambush<Stage>} */
function isAmbush(fault) {
  return !('touches' in fault);
}
