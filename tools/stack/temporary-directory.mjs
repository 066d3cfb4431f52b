// Folders for the files of tests. They lie in a folder of the run they belong to, which knows its process: so the
// servers that a killed run has left behind are found and stopped by the next `npm test`.
import { chmodSync, mkdtempSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stackDirectory } from './paths.mjs';
import { recordedPid, recordProcess, stopLeftovers } from './process-records.mjs';
import { reachableDirectory, removeWithSubstitutes } from './unprivileged.mjs';

const runner = 'runner';

/** A folder for one test, in which every server can run. @param {string} name @returns {string} */
export function temporaryDirectory(name) {
  return makeDirectory(process.env['TRAYLINX_TEST_DIRECTORY'] ?? makeRunDirectory(), name);
}

/** A folder for all tests of this process and of those that find it in TRAYLINX_TEST_DIRECTORY. @returns {string} */
export function makeRunDirectory() {
  const directory = makeDirectory(runsDirectory(), 'run');
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

/** Stops what runs in it, and deletes it. @param {string} directory */
export async function removeRunDirectory(directory) {
  for (const stack of stacksIn(directory)) {
    const stopped = await stopLeftovers(stack);
    if (stopped.length > 0)
      console.error(`Stopped what a test left running: ${stopped.join(', ')} (${stack})`);
  }
  removeWithSubstitutes(directory);
}

/** @param {string} directory @returns {string[]} the folders below it in which processes are written down */
function stacksIn(directory) {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
    const records = entries.filter((entry) => entry.isDirectory() && entry.name === 'processes');
    return records.map(({ parentPath }) => parentPath).filter((stack) => stack !== directory);
  } catch {
    // Another run is cleaning up the same one.
    return [];
  }
}

/** @param {string} parent @param {string} name */
function makeDirectory(parent, name) {
  const directory = mkdtempSync(join(parent, `${basename(name)}-`));
  // So that PostgreSQL can enter it when we are root and it is not.
  chmodSync(directory, 0o711);
  return directory;
}

function runsDirectory() {
  return reachableDirectory(join(stackDirectory, 'tests'));
}
