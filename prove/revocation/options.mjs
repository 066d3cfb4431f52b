import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { findPlant } from './plants.mjs';

/** @param {string[]} args */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      minutes: { type: 'string', default: '3' },
      faults: { type: 'string', default: '24' },
      plant: { type: 'string' },
      'list-plants': { type: 'boolean', default: false },
    },
  });
  return {
    seed: positive('seed', values.seed),
    minutes: positive('minutes', values.minutes),
    faultsPerMinute: positive('faults', values.faults),
    plant: values.plant === undefined ? undefined : findPlant(values.plant),
    listsPlants: values['list-plants'],
  };
}

/** @param {string} name @param {string} text */
function positive(name, text) {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} must be a positive number, not "${text}"`);
  return number;
}
