import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { newLogFile } from './log-files.mjs';
import { flagsOf } from './options.mjs';
import { stackDirectory } from './paths.mjs';

const entry = fileURLToPath(new URL('main.mjs', import.meta.url));

/**
 * Starts the process that runs the stack when nobody watches.
 *
 * @param {import('./options.mjs').Options} options
 */
export function startInBackground(options) {
  const logFile = newLogFile(stackDirectory, 'stack');
  const log = openSync(logFile, 'a');
  const args = [entry, 'background', ...flagsOf(options)];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  return { logFile, isAlive: () => child.exitCode === null && child.signalCode === null };
}
