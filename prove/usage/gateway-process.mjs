// One gateway, from its start to its end: what it has answered, and what of that is safe.

/** @typedef {import('./series.mjs').Series} Series */

/** What a gateway may hold back at any time, as its documentation says. */
const FLUSH_INTERVAL_MS = 100;

/**
 * @typedef {object} Loss
 * @property {number} atStake     answers that are counted nowhere but in the process that was killed, or in no batch of which it is certain
 * @property {number} inLast100ms answers in the 100 ms before the kill
 * @property {number} heldMs      since when it had held the oldest of them
 * @property {number} lateMs      of that, more than 100 ms and what JetStream needed to acknowledge
 */

export class GatewayProcess {
  /** Answers that may not be in JetStream yet. @type {{ series: Series, place: number, endMs: number }[]} */
  #unsafe = [];
  /** JetStream has acknowledged all that was counted before … */
  #safeBeforeMs = -Infinity;
  /** … which was known then. */
  #safeSinceMs = -Infinity;
  /** When the newest batch was taken that is on its way. */
  #takenAtMs = -Infinity;

  /** @param {string} name for example `gateway-2, run 3` */
  constructor(name) {
    this.name = name;
  }

  /** @param {Series} series @param {number} place @param {number} endMs */
  remember(series, place, endMs) {
    this.#unsafe.push({ series, place, endMs });
  }

  /** A batch was seen on its way to JetStream. @param {number} takenAtMs by the gateway's clock */
  publishes(takenAtMs) {
    this.#takenAtMs = Math.max(this.#takenAtMs, takenAtMs);
  }

  /** JetStream has it. @param {number} completeBeforeMs everything counted before is in this batch or an earlier one */
  isSafeBefore(completeBeforeMs) {
    if (completeBeforeMs <= this.#safeBeforeMs) return;
    this.#safeBeforeMs = completeBeforeMs;
    this.#safeSinceMs = Date.now();
    // Answers come nearly in order, so nearly all of them are at the front.
    const firstUnsafe = this.#unsafe.findIndex(({ endMs }) => endMs >= completeBeforeMs);
    this.#unsafe.splice(0, firstUnsafe === -1 ? this.#unsafe.length : firstUnsafe);
  }

  /** When JetStream was last known to acknowledge. */
  get safeSinceMs() {
    return this.#safeSinceMs;
  }

  /**
   * It was killed with -9. What was answered before its last batch was taken is safe; the rest is not held against us.
   *
   * @param {number} killedAtMs
   * @returns {Loss}
   */
  isKilled(killedAtMs) {
    const atStake = this.#unsafe.filter(({ endMs }) => endMs >= this.#safeBeforeMs);
    for (const { series, place } of atStake) series.putAtStake(place);
    const acknowledgingMs = Math.max(0, this.#safeSinceMs - this.#safeBeforeMs);
    const onItsWayMs = this.#takenAtMs > this.#safeBeforeMs ? Math.max(0, killedAtMs - this.#takenAtMs) : 0;
    const heldMs = killedAtMs - this.#safeBeforeMs;
    return {
      atStake: atStake.length,
      inLast100ms: this.#unsafe.filter(({ endMs }) => endMs >= killedAtMs - FLUSH_INTERVAL_MS).length,
      heldMs,
      lateMs: heldMs - FLUSH_INTERVAL_MS - acknowledgingMs - onItsWayMs,
    };
  }
}
