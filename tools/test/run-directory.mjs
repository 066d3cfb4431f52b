// Each run of the tests has a folder of its own for all their files. Servers that a test, or a killed run, has left
// behind are found in it and stopped.
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stackDirectory } from '../stack/paths.mjs';
import { recordProcess, recordedPid, stopLeftovers } from '../stack/process-records.mjs';
import { reachableDirectory } from '../stack/unprivileged.mjs';

const runner = 'runner';

/** @returns {string} */
export function makeRunDirectory() {
  const directory = mkdtempSync(join(runsDirectory(), 'run-'));
  // So that PostgreSQL, which does not run as root, can enter it.
  chmodSync(directory, 0o711);
  recordProcess(directory, runner, { pid: process.pid, stopSignal: 'SIGTERM' });
  return directory;
}

/** Cleans up after runs that were killed; those of other terminals go on. */
export async function sweepDeadRuns() {
  for (const name of readdirSync(runsDirectory())) {
    const directory = join(runsDirectory(), name);
    if (recordedPid(directory, runner) === undefined) await removeRunDirectory(directory);
  }
}

/** @param {string} directory */
export async function removeRunDirectory(directory) {
  const folders = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const stacks = folders.filter(({ name }) => name === 'processes').map(({ parentPath }) => parentPath);
  for (const stack of stacks.filter((stack) => stack !== directory)) {
    const stopped = await stopLeftovers(stack);
    if (stopped.length > 0)
      console.error(`Stopped what a test left running: ${stopped.join(', ')} (${stack})`);
  }
  rmSync(directory, { recursive: true, force: true });
}

function runsDirectory() {
  return reachableDirectory(join(stackDirectory, 'tests'));
}
