/** @typedef {import('./managed-process.mjs').ManagedProcess} ManagedProcess */

/** A running PostgreSQL, Redis or NATS. */
export class ServerHandle {
  #process;

  /** @param {ManagedProcess} process @param {{ port: number, url: string }} address */
  constructor(process, { port, url }) {
    this.#process = process;
    this.port = port;
    /** With the credentials of whoever may do everything there. */
    this.url = url;
  }

  get name() {
    return this.#process.name;
  }

  get pid() {
    return this.#process.pid;
  }

  get logFile() {
    return this.#process.logFile;
  }

  /** Ends it in good order. */
  stop() {
    return this.#process.stop();
  }

  /**
   * SIGKILL (waits until it is gone) is the machine's crash, SIGSTOP and SIGCONT pause and continue it.
   *
   * @param {NodeJS.Signals} [signal]
   */
  kill(signal) {
    return this.#process.kill(signal);
  }

  /** Starts it again after `stop` or `kill`, on the same port and with what it has stored. */
  start() {
    return this.#process.start();
  }

  /** @param {(error: Error) => void} callback when it ends although nobody asked for it */
  onFailure(callback) {
    this.#process.onFailure(callback);
  }
}
