// Every process the stack starts is written down in a file while it runs. When the stack itself is killed, the files
// stay, and the next one stops what they name. An id alone proves nothing, for systems use them again: a record
// counts only while the process has the start time that was written down.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { descendantsOf, identityOf } from './process-table.mjs';
import { until } from './wait.mjs';

const leftoverGraceMs = 10_000;
const endTimeoutMs = 10_000;

/** @typedef {{ pid: number, identity: string, stopSignal: NodeJS.Signals }} ProcessRecord */

/** @param {string} dir of the stack @param {string} label @param {{ pid: number, stopSignal: NodeJS.Signals }} process */
export function recordProcess(dir, label, { pid, stopSignal }) {
  const identity = identityOf(pid);
  if (!identity) return;
  mkdirSync(join(dir, 'processes'), { recursive: true });
  writeFileSync(recordFile(dir, label), `${JSON.stringify({ pid, identity, stopSignal })}\n`);
}

/** @param {string} dir @param {string} label */
export function forgetProcess(dir, label) {
  rmSync(recordFile(dir, label), { force: true });
}

/** @param {string} dir @param {string} label @returns {number | undefined} undefined when it runs no more */
export function recordedPid(dir, label) {
  return readRunning(dir, label)?.pid;
}

/**
 * Stops every process that is written down and still runs.
 *
 * @param {string} dir of the stack
 * @returns {Promise<string[]>} the labels of the stopped ones
 */
export async function stopLeftovers(dir) {
  const labels = recordedLabels(dir);
  const stopped = await Promise.all(labels.map((label) => stopLeftover(dir, label)));
  return labels.filter((_, index) => stopped[index]);
}

/** @param {string} dir @param {string} label @returns {Promise<boolean>} whether it was still running */
async function stopLeftover(dir, label) {
  const record = readRunning(dir, label);
  if (record) {
    send(record.pid, record.stopSignal);
    // In case it was paused.
    signalTree(record.pid, 'SIGCONT');
    const hasEnded = () => readRunning(dir, label) === undefined;
    await until('it to end', hasEnded, { timeoutMs: leftoverGraceMs }).catch(() => killTree(record.pid));
  }
  forgetProcess(dir, label);
  return record !== undefined;
}

/** @param {string} dir @param {string} label @returns {ProcessRecord | undefined} */
function readRunning(dir, label) {
  try {
    const record = /** @type {ProcessRecord} */ (JSON.parse(readFileSync(recordFile(dir, label), 'utf8')));
    return identityOf(record.pid) === record.identity ? record : undefined;
  } catch {
    // No such file, or one that was cut off by a crash: either way it leads to nobody.
    return undefined;
  }
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

/** @param {string} dir */
function recordedLabels(dir) {
  const folder = join(dir, 'processes');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) => file.slice(0, -'.json'.length));
}

/** @param {string} dir @param {string} label */
function recordFile(dir, label) {
  return join(dir, 'processes', `${label}.json`);
}
