import { initialState, successors } from './protocol-model.mjs';

/** @typedef {import('./protocol-model.mjs').State} State */

/**
 * @typedef {object} Exploration
 * @property {number} states  that were visited
 * @property {boolean} isComplete false: the bound was reached first
 * @property {{ violates: string, trace: string[] } | undefined} violation with the fewest steps that lead to it
 */

/**
 * Visits every state that the protocol can get into, breadth first.
 *
 * @param {import('./protocol-model.mjs').Protocol} protocol
 * @param {import('./protocol-model.mjs').Faults} faults
 * @param {{ maxStates: number }} bound
 * @returns {Exploration}
 */
export function explore(protocol, faults, { maxStates }) {
  const first = toKey(initialState(faults));
  /** How each state was reached. @type {Map<string, { from: string, what: string } | undefined>} */
  const seen = new Map([[first, undefined]]);
  for (const key of seen.keys()) {
    if (seen.size > maxStates) return { states: seen.size, isComplete: false, violation: undefined };
    for (const { what, state, violates } of successors(fromKey(key), protocol)) {
      if (violates !== undefined) {
        const trace = [...stepsTo(key, seen), what];
        return { states: seen.size, isComplete: true, violation: { violates, trace } };
      }
      const next = toKey(state);
      if (!seen.has(next)) seen.set(next, { from: key, what });
    }
  }
  return { states: seen.size, isComplete: true, violation: undefined };
}

/** Two verifiers are alike: states that differ only in which is which are one. @param {State} state */
function toKey(state) {
  const verifiers = state.verifiers.map((verifier) => JSON.stringify(verifier)).sort();
  return JSON.stringify({ ...state, verifiers });
}

/** @param {string} key @returns {State} */
function fromKey(key) {
  const state = JSON.parse(key);
  return { ...state, verifiers: state.verifiers.map((/** @type {string} */ text) => JSON.parse(text)) };
}

/** @param {string} key @param {Map<string, { from: string, what: string } | undefined>} seen */
function stepsTo(key, seen) {
  const steps = [];
  for (let how = seen.get(key); how !== undefined; how = seen.get(how.from)) steps.unshift(how.what);
  return steps;
}
