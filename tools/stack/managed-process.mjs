// One child process: its log, its readiness, its end. It is written down in a file while it runs, so that whoever
// comes after a killed stack finds what was left behind.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { killTree, recordProcess, send, signalTree } from './process-records.mjs';
import { until } from './wait.mjs';

const logLinesInErrors = 20;

/**
 * @typedef {object} ProcessDefinition
 * @property {string} name            as a person knows it; also the name of the log file
 * @property {string} command
 * @property {string[]} args
 * @property {Record<string, string>} [env]  added to a minimal environment; nothing else is inherited
 * @property {string} [cwd]
 * @property {{ uid: number, gid: number } | undefined} [user]
 * @property {string} logDirectory
 * @property {string} recordDirectory where running processes are written down
 * @property {NodeJS.Signals} [stopSignal]  asks the process to finish in good order
 * @property {number} [graceMs]       how long it may take for that before it is killed
 * @property {number} [startTimeoutMs]
 * @property {(pid: number) => boolean | Promise<boolean>} isReady
 */

export class ManagedProcess {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  /** @type {Promise<void>} */
  #exited = Promise.resolve();
  #stopping = false;
  /** @type {(error: Error) => void} */
  #reportFailure = () => {};

  /** @param {ProcessDefinition} definition */
  constructor(definition) {
    this.definition = definition;
    this.logFile = join(definition.logDirectory, `${definition.name}.log`);
    this.recordFile = join(definition.recordDirectory, `${definition.name}.json`);
    mkdirSync(definition.logDirectory, { recursive: true });
    mkdirSync(definition.recordDirectory, { recursive: true });
    writeFileSync(this.logFile, '');
  }

  get name() {
    return this.definition.name;
  }

  /** @returns {number} the process id @throws when it is not running */
  get pid() {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.name} is not running`);
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
    if (this.#child) throw new Error(`${this.name} is already running`);
    this.#stopping = false;
    await this.#spawn();
    const { startTimeoutMs = 60_000, isReady } = this.definition;
    let ended = false;
    void this.#exited.then(() => (ended = true));
    const readyOrEnded = async () => ended || (await isReady(this.pid));
    try {
      await until(`${this.name} to be ready`, readyOrEnded, { timeoutMs: startTimeoutMs });
      if (ended) throw new Error(`${this.name} ended while it was starting`);
    } catch (error) {
      await this.kill('SIGKILL');
      throw new Error(`${error instanceof Error ? error.message : error}\n${this.lastLogLines()}`, {
        cause: error,
      });
    }
  }

  /** Asks the process to finish, kills it when it takes too long, and waits for its end. */
  async stop() {
    if (!this.#child) return;
    this.#stopping = true;
    const { stopSignal = 'SIGTERM', graceMs = 10_000 } = this.definition;
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
    if (!this.#child) return;
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') {
      signalTree(this.pid, signal);
      return;
    }
    this.#stopping = true;
    if (signal !== 'SIGKILL') return send(this.pid, signal);
    await killTree(this.pid);
    await this.#exited;
  }

  lastLogLines() {
    const lines = readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-logLinesInErrors);
    return [`The last lines of ${this.logFile}:`, ...lines].join('\n');
  }

  async #spawn() {
    const { command, args, env, cwd, user } = this.definition;
    const log = openSync(this.logFile, 'a');
    try {
      const child = spawn(command, args, {
        ...user,
        cwd: cwd ?? dirname(this.logFile),
        env: { ...inheritedEnvironment(), ...env },
        stdio: ['ignore', log, log],
        // Its own process group: Ctrl+C in the terminal reaches the stack only, which then stops it in order.
        detached: true,
      });
      await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      this.#child = child;
      this.#exited = new Promise((resolve) =>
        child.once('exit', (code, signal) => resolve(this.#ended(code, signal))),
      );
      recordProcess(this.recordFile, this.pid, this.definition.stopSignal ?? 'SIGTERM');
    } finally {
      closeSync(log);
    }
  }

  /** @param {number | null} code @param {string | null} signal */
  #ended(code, signal) {
    this.#child = undefined;
    rmSync(this.recordFile, { force: true });
    if (this.#stopping) return;
    const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
    this.#reportFailure(new Error(`${this.name} ${how}.\n${this.lastLogLines()}`));
  }
}

// A service must not pick up a DATABASE_URL or NODE_OPTIONS that happens to be set in somebody's shell.
function inheritedEnvironment() {
  /** @type {Record<string, string>} */
  const inherited = {};
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG']) {
    const value = process.env[name];
    if (value !== undefined) inherited[name] = value;
  }
  return inherited;
}
