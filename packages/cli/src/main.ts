import { CommanderError } from 'commander';
import { EXIT_CODES, exitCodeOf, explain } from './exit-codes.js';
import { createProgram } from './program.js';

/** Runs one command and sets the exit code of the process. @param argv as `process.argv` */
export async function main(argv: string[]): Promise<void> {
  // Whoever reads the output may be gone: what is written tells, and is answered with an exit code.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  process.exitCode = await run(argv);
}

async function run(argv: string[]): Promise<number> {
  try {
    await createProgram().parseAsync(argv);
    return EXIT_CODES.done;
  } catch (error) {
    // Help and version are errors to Commander, with the exit code 0; the rest of its errors it has explained itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage;
    const text = explain(error);
    if (text !== '') process.stderr.write(`${text}\n`);
    return exitCodeOf(error);
  }
}
