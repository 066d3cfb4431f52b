import { parseArgs } from 'node:util';

/**
 * @typedef {object} Options
 * @property {boolean} help
 * @property {boolean} quick       whether the harness works is the question, not how fast anything is
 * @property {boolean} profile
 * @property {number} repeats      measurements of each side; the medians are reported
 * @property {number} seconds      of each measurement
 * @property {number} warmUpSeconds of each side, before the first measurement
 * @property {number} concurrency  connections, each with one request at a time
 * @property {string[]} scenarios
 */

const numbers = { repeats: 5, seconds: 5, 'warm-up': 5, concurrency: 64 };
const quickNumbers = { ...numbers, repeats: 1, seconds: 1, 'warm-up': 1 };

/** @param {readonly { name: string, title: string }[]} scenarios */
export function usage(scenarios) {
  const list = scenarios.map(({ name, title }) => `  ${name.padEnd(16)} ${title}`).join('\n');
  return `Usage: npm run bench [-- [<scenario> …] [options]]

${list}

  --repeats <n>      measurements of each side (${numbers.repeats})
  --seconds <n>      of one measurement (${numbers.seconds})
  --warm-up <n>      seconds of each side before (${numbers['warm-up']})
  --concurrency <n>  connections (${numbers.concurrency})
  --quick            one short measurement: checks that everything works, the figures mean nothing
  --profile          writes a CPU profile of every service (for Chrome's DevTools) and tells where the time went`;
}

/** @param {string[]} args @param {string[]} known scenarios @returns {Options} @throws with a message for people */
export function parseOptions(args, known) {
  const number = { type: /** @type {const} */ ('string') };
  const flag = { type: /** @type {const} */ ('boolean'), default: false };
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      repeats: number,
      seconds: number,
      'warm-up': number,
      concurrency: number,
      quick: flag,
      profile: flag,
      help: { ...flag, short: 'h' },
    },
  });
  for (const name of positionals) {
    if (!known.includes(name)) throw new Error(`no such scenario: ${name}. There are ${known.join(', ')}.`);
  }
  const defaults = values.quick ? quickNumbers : numbers;
  const numberOf = (/** @type {keyof typeof numbers} */ name) => {
    const value = values[name] === undefined ? defaults[name] : Number(values[name]);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a number from 1 on`);
    return value;
  };
  return {
    help: values.help,
    quick: values.quick,
    profile: values.profile,
    repeats: numberOf('repeats'),
    seconds: numberOf('seconds'),
    warmUpSeconds: numberOf('warm-up'),
    concurrency: numberOf('concurrency'),
    scenarios: positionals.length > 0 ? positionals : known,
  };
}
