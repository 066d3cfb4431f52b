import { forwardAuth } from './forward-auth.mjs';

/** @typedef {import('../../tools/stack/platform.mjs').Platform} Platform */

/**
 * Two sides to be compared.
 *
 * @typedef {object} Contest
 * @property {import('../harness/compare.mjs').Side} subject
 * @property {import('../harness/compare.mjs').Side} baseline
 * @property {(comparison: import('../harness/compare.mjs').Comparison) => Promise<void>} check
 *   throws when what was to be measured is not what has happened
 * @property {() => Promise<void>} stop
 */

/**
 * @typedef {object} Scenario
 * @property {string} name   on the command line
 * @property {string} title
 * @property {(surroundings: { platform: Platform, dir: string }) => Promise<Contest>} prepare
 */

/** All of them: to add one, add a file. @type {readonly Scenario[]} */
export const scenarios = [forwardAuth];
