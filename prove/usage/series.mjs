// What one key was answered, in the order in which the answers came.

/** @typedef {{ startMs: number, endMs: number }} Call by the clock that gateways on this machine read too */

/** Answers of one kind. The gateway counted each of them at some moment from its start to its end. */
export class Series {
  /** @type {number[]} */
  #startsMs = [];
  /** @type {number[]} */
  #endsMs = [];
  /** Places of those that a killed gateway may have taken with it. @type {Set<number>} */
  #atStake = new Set();

  get count() {
    return this.#endsMs.length;
  }

  get countAtStake() {
    return this.#atStake.size;
  }

  /** @param {Call} call the latest to end @returns {number} its place */
  add({ startMs, endMs }) {
    // A clock that is set back would break the search; what ended is then said to have ended later, which asks for less.
    const endedMs = Math.max(endMs, this.#endsMs.at(-1) ?? endMs);
    this.#startsMs.push(startMs);
    return this.#endsMs.push(endedMs) - 1;
  }

  /** @param {number} place */
  putAtStake(place) {
    this.#atStake.add(place);
  }

  /** How many had ended before. @param {number} timeMs */
  countEndedBefore(timeMs) {
    let low = 0;
    let high = this.#endsMs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (/** @type {number} */ (this.#endsMs[middle]) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Between which times the first and the last that was counted must lie; infinite where nothing is certain. */
  bounds() {
    const certain = { latestStartMs: -Infinity, earliestEndMs: Infinity };
    const any = { earliestStartMs: Infinity, latestEndMs: this.#endsMs.at(-1) ?? -Infinity };
    for (const [place, startMs] of this.#startsMs.entries()) {
      any.earliestStartMs = Math.min(any.earliestStartMs, startMs);
      if (this.#atStake.has(place)) continue;
      certain.latestStartMs = Math.max(certain.latestStartMs, startMs);
      certain.earliestEndMs = Math.min(certain.earliestEndMs, this.#endsMs[place] ?? Infinity);
    }
    return { ...certain, ...any };
  }
}
