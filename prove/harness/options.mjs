import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { findPlant } from './planted-build.mjs';

/**
 * What every proof can be told on the command line.
 *
 * @param {string[]} args
 * @param {{ plants: readonly import('./planted-build.mjs').Plant[], minutes: number, faultsPerMinute: number }} defaults
 */
export function readOptions(args, { plants, minutes, faultsPerMinute }) {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      minutes: { type: 'string', default: String(minutes) },
      faults: { type: 'string', default: String(faultsPerMinute) },
      plant: { type: 'string' },
      'list-plants': { type: 'boolean', default: false },
    },
  });
  return {
    seed: positive('seed', values.seed),
    minutes: positive('minutes', values.minutes),
    faultsPerMinute: positive('faults', values.faults),
    plant: values.plant === undefined ? undefined : findPlant(plants, values.plant),
    listsPlants: values['list-plants'],
  };
}

/** @param {string} name @param {string} text */
function positive(name, text) {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} must be a positive number, not "${text}"`);
  return number;
}
