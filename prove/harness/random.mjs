/** Repeatable chance: the same seed and purpose give the same sequence. SplitMix32. */
export class Random {
  /** @type {number} */
  #state;

  /** @param {number} seed @param {string} purpose so that one sequence does not depend on how much another is used */
  constructor(seed, purpose) {
    this.#state = seed >>> 0;
    for (const character of purpose) this.#state = (this.#state * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  }

  /** @returns {number} at least 0, less than 1 */
  next() {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  }

  /** @param {number} low @param {number} high @returns {number} */
  between(low, high) {
    return low + (high - low) * this.next();
  }

  /** Small ones as often as big ones, on a logarithmic scale. @param {number} low @param {number} high @returns {number} */
  magnitude(low, high) {
    return low * (high / low) ** this.next();
  }

  /** @param {number} probability */
  chance(probability) {
    return this.next() < probability;
  }

  /** @template T @param {readonly T[]} items @returns {T} */
  pick(items) {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new Error('there is nothing to pick from');
    return item;
  }

  /** @template T @param {readonly T[]} items @returns {T[]} at least one of them */
  some(items) {
    const chosen = items.filter(() => this.chance(0.5));
    return chosen.length > 0 ? chosen : [this.pick(items)];
  }

  /** @template T @param {readonly T[]} items @returns {T[]} */
  shuffle(items) {
    return items
      .map((item) => ({ item, order: this.next() }))
      .sort((a, b) => a.order - b.order)
      .map(({ item }) => item);
  }
}
