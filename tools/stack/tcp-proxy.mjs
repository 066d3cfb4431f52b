// Stands between a service and a store, so that a test or a proof can break or slow that connection and no other.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** @typedef {import('node:net').Socket} Socket */
/** @typedef {() => number} Delay milliseconds that the next bytes take longer */

const noDelay = () => 0;

/** One direction of one connection. Bytes keep their order, whatever happens to them. */
class Pipe {
  /** @type {{ chunk: Buffer, dueAtMs: number }[]} */
  #waiting = [];
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #isHeld = false;

  /** @param {Socket} to */
  constructor(to) {
    this.to = to;
  }

  /** @param {Buffer} chunk @param {number} delayMs */
  pass(chunk, delayMs) {
    this.#waiting.push({ chunk, dueAtMs: performance.now() + delayMs });
    this.#flush();
  }

  /** @param {boolean} isHeld */
  hold(isHeld) {
    this.#isHeld = isHeld;
    this.#flush();
  }

  get isEmpty() {
    return this.#waiting.length === 0;
  }

  stop() {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #flush() {
    clearTimeout(this.#timer);
    while (!this.#isHeld) {
      const next = this.#waiting[0];
      if (next === undefined) return;
      const leftMs = next.dueAtMs - performance.now();
      if (leftMs > 0) {
        this.#timer = setTimeout(() => this.#flush(), leftMs);
        return;
      }
      this.#waiting.shift();
      this.to.write(next.chunk);
    }
  }
}

/** @typedef {{ service: Socket, store: Socket, questions: Pipe, answers: Pipe }} Connection */

export class TcpProxy {
  #server = createServer((socket) => this.#accept(socket));
  /** @type {Set<Connection>} */
  #connections = new Set();
  #target;
  #isCut = false;
  #holdsQuestions = false;
  #holdsAnswers = false;
  #questionDelay = noDelay;
  #answerDelay = noDelay;

  /** @param {string} targetUrl of a store on this machine, which need not run yet */
  constructor(targetUrl) {
    this.#target = new URL(targetUrl);
  }

  /** @returns {Promise<void>} */
  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** The URL of the store, through the proxy. @param {string} storeUrl */
  url(storeUrl) {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
    const url = new URL(storeUrl);
    url.port = String(address.port);
    return url.href;
  }

  /** Closes all connections, and every new one at once. */
  cut() {
    this.#isCut = true;
    for (const { service } of this.#connections) service.destroy();
  }

  /** Breaks all connections; new ones are welcome. */
  reset() {
    for (const { service, store } of this.#connections) {
      service.resetAndDestroy();
      store.resetAndDestroy();
    }
  }

  /** Keeps connections, accepts new ones, and passes nothing on. */
  stall() {
    this.#hold(true, true);
  }

  /** What the store says arrives; what it is told does not. */
  holdQuestions() {
    this.#hold(true, false);
  }

  /** What the store is told arrives; what it says does not. */
  holdAnswers() {
    this.#hold(false, true);
  }

  /** Whether there is anything that has not been passed on. */
  get holdsBack() {
    return [...this.#connections].some(({ questions, answers }) => !questions.isEmpty || !answers.isEmpty);
  }

  /** Passes everything on, later. @param {{ questions?: Delay, answers?: Delay }} delays */
  delay({ questions = noDelay, answers = noDelay }) {
    this.#questionDelay = questions;
    this.#answerDelay = answers;
  }

  /** As if nothing had been; what was held back is passed on. */
  heal() {
    this.#isCut = false;
    this.delay({});
    this.#hold(false, false);
  }

  async close() {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** @param {boolean} questions @param {boolean} answers */
  #hold(questions, answers) {
    this.#holdsQuestions = questions;
    this.#holdsAnswers = answers;
    for (const connection of this.#connections) this.#applyHold(connection);
  }

  /** @param {Connection} connection */
  #applyHold({ questions, answers }) {
    questions.hold(this.#holdsQuestions);
    answers.hold(this.#holdsAnswers);
  }

  /** @param {Socket} service */
  #accept(service) {
    if (this.#isCut) {
      service.destroy();
      return;
    }
    const store = connect({ port: Number(this.#target.port), host: this.#target.hostname, noDelay: true });
    service.setNoDelay(true);
    const connection = { service, store, questions: new Pipe(store), answers: new Pipe(service) };
    this.#connections.add(connection);
    this.#applyHold(connection);
    service.on('data', (chunk) => connection.questions.pass(chunk, this.#questionDelay()));
    store.on('data', (chunk) => connection.answers.pass(chunk, this.#answerDelay()));
    for (const [one, other] of [
      [service, store],
      [store, service],
    ]) {
      // What it means is the business of the close that follows.
      one?.on('error', () => undefined);
      one?.on('close', () => {
        other?.destroy();
        connection.questions.stop();
        connection.answers.stop();
        this.#connections.delete(connection);
      });
    }
  }
}

/** @param {string} targetUrl of the store on this machine @returns {Promise<TcpProxy>} */
export async function startTcpProxy(targetUrl) {
  const proxy = new TcpProxy(targetUrl);
  await proxy.listen();
  return proxy;
}
