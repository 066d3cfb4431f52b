// The commands of `npm start` and `npm run stack`. Each answers with its exit code.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { startInBackground } from './background.mjs';
import { lastLines, logDirectory } from './log-files.mjs';
import { streamLogs } from './log-stream.mjs';
import { stackDirectory } from './paths.mjs';
import { refuseUnsupportedSystem } from './preflight.mjs';
import { recordedPid, send, stopLeftovers } from './process-records.mjs';
import { claimState, readState } from './state.mjs';
import { stopSignal, supervise, untilAborted } from './supervise.mjs';
import { Progress } from './terminal.mjs';
import { removeWithSubstitutes } from './unprivileged.mjs';
import { until } from './wait.mjs';
import { addresses, welcome } from './welcome.mjs';

// The grace of the services, and some for the stores.
const stopTimeoutMs = 90_000;
const startTimeoutMs = 15 * 60_000;
// Downloaded programs may be hard to get again, and tests may be running.
const keptByReset = new Set(['programs', 'tests']);

/** @typedef {import('./options.mjs').Options} Options */

/** Runs the stack here, or shows the one that runs already. @param {Options} options */
export async function start({ replicas, host }) {
  refuseUnsupportedSystem();
  while (!claimState()) {
    if (await showRunning(isClaimed)) return 0;
  }
  await supervise({
    replicas,
    host,
    onRunning: (summary, logFiles) => {
      console.log(welcome(summary));
      return streamLogs(logFiles, console.log, { follow: true });
    },
  });
  console.log('Stopped.');
  return 0;
}

/** @param {Options} options */
export async function up(options) {
  if (!options.detach) return start(options);
  refuseUnsupportedSystem();
  if (isClaimed() && (await showRunning(isClaimed))) return 0;
  const { isAlive, logFile } = startInBackground(options);
  // When somebody else was a moment faster, ours ends and theirs goes on.
  if (await showRunning(() => isAlive() || isClaimed())) return 0;
  throw new Error(`The stack did not start.\n${lastLines(logFile)}`);
}

/** What `up --detach` leaves behind. It prints no welcome: its output is a file. @param {Options} options */
export async function background({ replicas, host }) {
  if (!claimState()) throw new Error('The stack runs already.');
  await supervise({ replicas, host, onRunning: () => () => undefined });
  return 0;
}

export async function down() {
  const state = readState();
  if (state) {
    const progress = new Progress();
    progress.step('stopping');
    send(state.pid, 'SIGTERM');
    await until('the stack to stop', () => readState() === undefined, { timeoutMs: stopTimeoutMs });
    progress.done();
  }
  const leftovers = await stopLeftovers(stackDirectory);
  console.log(state || leftovers.length > 0 ? 'Stopped.' : 'Nothing was running.');
  return 0;
}

/** @param {Options} options */
export function status({ json }) {
  const state = readState();
  if (!state?.summary) {
    console.error(state ? `The stack is not ready: ${state.progress}.` : 'The stack is not running.');
    return 1;
  }
  const summary = withCurrentProcesses(state.summary);
  console.log(json ? JSON.stringify(summary, null, 2) : addresses(summary));
  return 0;
}

/** @param {Options} options */
export async function logs({ argument, follow }) {
  const directory = logDirectory(stackDirectory);
  const all = existsSync(directory) ? readdirSync(directory).sort() : [];
  const labels = all.map((file) => basename(file, '.log'));
  const chosen = labels.filter(
    (label) => !argument || label === argument || label.replace(/-\d+$/, '') === argument,
  );
  if (chosen.length === 0) throw new Error(`No such log. There are: ${labels.join(', ') || 'none'}.`);
  const files = chosen.map((label) => join(directory, `${label}.log`));
  const stop = streamLogs(files, console.log, { follow });
  if (follow) await untilAborted(stopSignal());
  stop();
  return 0;
}

/** @param {Options} options */
export async function reset({ yes }) {
  if (!yes && !(await confirm('This deletes all projects, keys and credentials of the local stack. Go on?')))
    return 1;
  await down();
  const entries = existsSync(stackDirectory) ? readdirSync(stackDirectory) : [];
  for (const name of entries.filter((each) => !keptByReset.has(each))) {
    removeWithSubstitutes(join(stackDirectory, name));
  }
  console.log('Deleted.');
  return 0;
}

function isClaimed() {
  return readState() !== undefined;
}

/**
 * Waits while another process starts the stack, and shows it.
 *
 * @param {() => boolean} isStarting whether that is still to be hoped for
 * @returns {Promise<boolean>} false when it is not
 */
async function showRunning(isStarting) {
  const progress = new Progress();
  const summaryOrEnd = () => {
    const state = readState();
    if (state?.summary) return { summary: state.summary };
    if (state) progress.step(state.progress);
    return isStarting() ? undefined : { summary: undefined };
  };
  const { summary } = await until('the stack to start', summaryOrEnd, { timeoutMs: startTimeoutMs });
  progress.done();
  if (summary) console.log(welcome(withCurrentProcesses(summary)));
  return summary !== undefined;
}

/** @param {import('./state.mjs').Summary} summary @returns {import('./state.mjs').Summary} */
function withCurrentProcesses(summary) {
  const services = summary.services.map((service) => {
    return { ...service, pid: recordedPid(stackDirectory, `${service.name}-${service.replica}`) ?? null };
  });
  return { ...summary, services };
}

/** @param {string} question */
async function confirm(question) {
  if (!process.stdin.isTTY) throw new Error('Nobody is there to be asked. Say --yes to go on.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
