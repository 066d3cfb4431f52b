import { background, down, logs, reset, start, status, up } from './commands.mjs';
import { parseOptions, usage } from './options.mjs';

/** @type {Record<string, (options: import('./options.mjs').Options) => number | Promise<number>>} */
const commands = { background, down, logs, reset, start, status, up };

/** @param {string[]} args */
export async function main(args) {
  try {
    const options = parseOptions(args);
    const command = Object.hasOwn(commands, options.command) ? commands[options.command] : undefined;
    if (!command) console.log(usage);
    process.exitCode = command ? await command(options) : Number(options.command !== 'help');
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
