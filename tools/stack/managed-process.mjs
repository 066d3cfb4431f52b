// One child process: its log, its readiness, its end. It is written down in a file while it runs, so that whoever
// comes after a killed stack finds what was left behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { lastLines, newLogFile } from './log-files.mjs';
import { forgetProcess, killTree, recordProcess, send, signalTree } from './process-records.mjs';
import { until } from './wait.mjs';

const defaultGraceMs = 10_000;
const defaultStartTimeoutMs = 60_000;

/**
 * @typedef {object} Command
 * @property {string} label    as a person knows the process; also the name of its log file
 * @property {string} dir      of the stack, for the log and the record
 * @property {string} command
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} [env]  added to a minimal environment; nothing else is inherited
 * @property {string} [cwd]
 * @property {{ uid: number, gid: number } | undefined} [user]
 */

/**
 * @typedef {object} Lifecycle
 * @property {(pid: number) => boolean | Promise<boolean>} isReady
 * @property {number} [startTimeoutMs]
 * @property {NodeJS.Signals} [stopSignal]  asks the process to finish in good order
 * @property {number} [graceMs]             how long it may take for that before it is killed
 */

/** @typedef {Command & Lifecycle} ProcessDefinition */

export class ManagedProcess {
  #definition;
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  /** @type {Promise<void>} */
  #exited = Promise.resolve();
  // Whether its end would be news to somebody: it was ready, and nobody has asked it to stop.
  #isExpectedToRun = false;
  /** @type {(error: Error) => void} */
  #reportFailure = () => {};

  /** @param {ProcessDefinition} definition */
  constructor(definition) {
    this.#definition = definition;
    this.label = definition.label;
    this.logFile = newLogFile(definition.dir, definition.label);
  }

  /** @returns {number} the process id @throws when it is not running */
  get pid() {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.label} is not running`);
    return pid;
  }

  get isRunning() {
    return this.#child !== undefined;
  }

  /** Calls back when the process ends although nobody asked for it. @param {(error: Error) => void} callback */
  onFailure(callback) {
    this.#reportFailure = callback;
  }

  /** Starts the process and waits until it is ready. */
  async start() {
    if (this.isRunning) throw new Error(`${this.label} is already running`);
    const { isReady, startTimeoutMs = defaultStartTimeoutMs } = this.#definition;
    this.#spawn();
    const isReadyOrEnded = async () => !this.isRunning || (await isReady(this.pid));
    try {
      await until(`${this.label} to be ready`, isReadyOrEnded, { timeoutMs: startTimeoutMs });
      this.#expectToRun();
    } catch (error) {
      await this.kill('SIGKILL');
      throw withLog(error, this.logFile);
    }
  }

  /** Asks the process to finish, kills it when it takes too long, and waits for its end. */
  async stop() {
    if (!this.isRunning) return;
    const { stopSignal = 'SIGTERM', graceMs = defaultGraceMs } = this.#definition;
    this.#isExpectedToRun = false;
    send(this.pid, stopSignal);
    // A process that was paused hears nothing else.
    signalTree(this.pid, 'SIGCONT');
    const timer = setTimeout(() => void this.kill('SIGKILL'), graceMs);
    await this.#exited;
    clearTimeout(timer);
  }

  /**
   * Sends a signal. SIGSTOP and SIGCONT pause and continue the process with all its children (PostgreSQL has many);
   * SIGKILL ends them all and waits until they are gone.
   *
   * @param {NodeJS.Signals} [signal]
   */
  async kill(signal = 'SIGKILL') {
    if (!this.isRunning) return;
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') {
      signalTree(this.pid, signal);
      return;
    }
    this.#isExpectedToRun = false;
    if (signal !== 'SIGKILL') {
      send(this.pid, signal);
      return;
    }
    await killTree(this.pid);
    await this.#exited;
  }

  #spawn() {
    const { dir, stopSignal = 'SIGTERM' } = this.#definition;
    const child = spawnLogged(this.#definition, this.logFile);
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      /** @param {string} how */
      const end = (how) => {
        this.#ended(how);
        resolve();
      };
      child.once('error', (error) => end(`could not be run: ${error.message}`));
      child.once('exit', (code, signal) => end(describeEnd(code, signal)));
    });
    if (child.pid !== undefined) recordProcess(dir, this.label, { pid: child.pid, stopSignal });
  }

  #expectToRun() {
    if (!this.isRunning) throw new Error(`${this.label} ended while it was starting`);
    this.#isExpectedToRun = true;
  }

  /** @param {string} how */
  #ended(how) {
    this.#child = undefined;
    forgetProcess(this.#definition.dir, this.label);
    if (!this.#isExpectedToRun) return;
    this.#isExpectedToRun = false;
    this.#reportFailure(withLog(new Error(`${this.label} ${how}`), this.logFile));
  }
}

/**
 * Runs a command that ends by itself.
 *
 * @param {Command} command
 * @param {AbortSignal} [signal] ends it early
 * @throws when it fails, with its last log lines
 */
export async function runToEnd(command, signal) {
  signal?.throwIfAborted();
  const logFile = newLogFile(command.dir, command.label);
  const child = spawnLogged(command, logFile);
  const killOnAbort = () => child.pid && void killTree(child.pid);
  signal?.addEventListener('abort', killOnAbort);
  try {
    const [code, endSignal] = /** @type {[number | null, string | null]} */ (await once(child, 'exit'));
    signal?.throwIfAborted();
    if (code !== 0) throw withLog(new Error(`${command.label} ${describeEnd(code, endSignal)}`), logFile);
  } finally {
    signal?.removeEventListener('abort', killOnAbort);
  }
}

/** @param {Command} command @param {string} logFile */
function spawnLogged({ command, args, env, cwd, user, dir }, logFile) {
  const log = openSync(logFile, 'a');
  try {
    return spawn(command, args, {
      ...user,
      cwd: cwd ?? dir,
      env: { ...inheritedEnvironment(), ...env },
      stdio: ['ignore', log, log],
      // Its own process group: Ctrl+C in the terminal reaches the stack only, which then stops it in order.
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

// A service must not pick up a DATABASE_URL or NODE_OPTIONS that happens to be set in somebody's shell.
function inheritedEnvironment() {
  /** @type {Record<string, string>} */
  const inherited = {};
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG']) {
    const value = process.env[name];
    if (value) inherited[name] = value;
  }
  return inherited;
}

/** @param {number | null} code @param {string | null} signal */
function describeEnd(code, signal) {
  return signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
}

/** @param {unknown} error @param {string} logFile */
function withLog(error, logFile) {
  const message = error instanceof Error ? error.message : String(error);
  return new Error(`${message}.\n${lastLines(logFile)}`, { cause: error });
}
