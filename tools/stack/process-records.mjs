// Every process the stack starts is written down in a file while it runs. When the stack itself is killed, the files
// stay, and the next one stops what they name. An id alone proves nothing, for systems use them again: a record
// counts only while the process has the start time that was written down.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { descendantsOf, identityOf } from './process-table.mjs';
import { until } from './wait.mjs';

const leftoverGraceMs = 10_000;
const endTimeoutMs = 10_000;

/** @typedef {{ pid: number, identity: string, stopSignal: NodeJS.Signals }} ProcessRecord */

/** @param {string} file @param {number} pid @param {NodeJS.Signals} stopSignal */
export function recordProcess(file, pid, stopSignal) {
  const identity = identityOf(pid);
  if (!identity) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ pid, identity, stopSignal })}\n`);
}

/** @param {string} file @returns {ProcessRecord | undefined} undefined when that process runs no more */
export function readRunningProcess(file) {
  try {
    const record = /** @type {ProcessRecord} */ (JSON.parse(readFileSync(file, 'utf8')));
    return identityOf(record.pid) === record.identity ? record : undefined;
  } catch {
    // No such file, or one that was cut off by a crash: either way nobody can be found by it.
    return undefined;
  }
}

/**
 * Stops every process that is written down in a folder and still runs.
 *
 * @param {string} recordDirectory
 * @returns {Promise<string[]>} the names of the stopped ones
 */
export async function stopLeftovers(recordDirectory) {
  const files = filesIn(recordDirectory).map((file) => join(recordDirectory, file));
  const stopped = await Promise.all(files.map(stopLeftover));
  return stopped.filter((name) => name !== undefined);
}

/** @param {string} file @returns {Promise<string | undefined>} */
async function stopLeftover(file) {
  const record = readRunningProcess(file);
  if (record) {
    send(record.pid, record.stopSignal);
    send(record.pid, 'SIGCONT');
    const hasEnded = () => readRunningProcess(file) === undefined;
    await until('it to end', hasEnded, { timeoutMs: leftoverGraceMs }).catch(() => killTree(record.pid));
  }
  rmSync(file, { force: true });
  return record && file.slice(file.lastIndexOf('/') + 1).replace(/\.json$/, '');
}

/** Ends a process and all its children at once, and waits until they are gone. @param {number} pid */
export async function killTree(pid) {
  const pids = signalTree(pid, 'SIGKILL');
  const running = new Map(pids.map((each) => [each, identityOf(each)]));
  const haveEnded = () =>
    [...running].every(([each, identity]) => !identity || identityOf(each) !== identity);
  await until('killed processes to end', haveEnded, { timeoutMs: endTimeoutMs });
}

/** @param {number} pid @param {NodeJS.Signals} signal @returns {number[]} the ids of all that were signalled */
export function signalTree(pid, signal) {
  // The parent first, so that it starts no further children meanwhile.
  const pids = [pid, ...descendantsOf(pid)];
  for (const each of pids) send(each, signal);
  return pids;
}

/** @param {number} pid @param {NodeJS.Signals} signal */
export function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended by itself a moment ago.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
  }
}

/** @param {string} directory */
function filesIn(directory) {
  try {
    return readdirSync(directory).filter((file) => file.endsWith('.json'));
  } catch {
    return [];
  }
}
