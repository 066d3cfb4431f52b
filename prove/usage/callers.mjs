// Those who hold keys and call with them, one at a time or many together, through both gateways. A call counts by what it
// was answered; whoever got no answer calls again, and that is another call.
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { NoAnswerError } from '../harness/door.mjs';

/** @typedef {import('../harness/door.mjs').Door} Door */
/** @typedef {import('./account.mjs').Outcome} Outcome */
/** @typedef {import('./keys.mjs').Key} Key */
/** @typedef {import('./ground.mjs').GatewayLabel} GatewayLabel */

const TIMEOUT_MS = 6_000;
const BATCH_KEYS = 150;
const MARK_EVERY_MS = 25;
/** While a gateway is away. */
const AWAY_MS = 40;

/** What becomes of a call, by its code. Everything else is nothing that is counted. @type {Record<string, Outcome>} */
const OUTCOME_OF_CODE = {
  VALID: 'used',
  DELETED: 'deleted',
  EXPIRED: 'expired',
  api_key_deleted: 'deleted',
  api_key_expired: 'expired',
};

export class Callers {
  #ground;
  #keys;
  #random;
  #tally;
  #stop = new AbortController();
  /** @type {Promise<void>[]} */
  #running = [];

  /**
   * @param {import('./ground.mjs').UsageGround} ground
   * @param {import('./keys.mjs').Keys} keys
   * @param {import('../harness/random.mjs').Random} random
   * @param {import('./tally.mjs').Tally} tally
   */
  constructor(ground, keys, random, tally) {
    this.#ground = ground;
    this.#keys = keys;
    this.#random = random;
    this.#tally = tally;
    // All of them listen, and more are not a leak.
    setMaxListeners(0, this.#stop.signal);
  }

  begin() {
    const door = () => this.#random.pick(this.#ground.doors);
    const everyone = /** @type {const} */ ([
      [8, 12, () => this.#authenticate(door(), this.#keys.choose())],
      [4, 25, () => this.#verify(door(), this.#keys.choose())],
      [3, 100, () => this.#verifyMany(door(), this.#keys.chooseMany(BATCH_KEYS))],
      [1, 500, () => this.#lookAt(door(), this.#keys.choose())],
    ]);
    for (const [count, pauseMs, act] of everyone) {
      for (let i = 0; i < count; i += 1) this.#running.push(this.#repeat(pauseMs, act));
    }
    for (const [i, door] of this.#ground.doors.entries()) {
      const mark = this.#keys.marks[i];
      if (mark) this.#running.push(this.#repeat(MARK_EVERY_MS, () => this.#authenticate(door, mark)));
    }
  }

  /** Resolves when every call has been answered, or given up. */
  async end() {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  /** @param {number} pauseMs on average @param {() => Promise<void>} act */
  async #repeat(pauseMs, act) {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await act();
      await delay(this.#random.between(0, 2 * pauseMs), undefined, { signal }).catch(() => undefined);
    }
  }

  /** As a proxy asks. @param {Door} door @param {Key} key */
  #authenticate(door, key) {
    const options = { credential: key.secret, timeoutMs: TIMEOUT_MS };
    return this.#call(
      door,
      [key],
      () => door.ask('GET', '/v1/auth', options),
      ({ status, body }) => [status === 200 ? 'VALID' : body?.code],
    );
  }

  /** As a platform service asks. @param {Door} door @param {Key} key */
  #verify(door, key) {
    const options = { body: { key: key.secret }, timeoutMs: TIMEOUT_MS };
    return this.#call(
      door,
      [key],
      () => door.ask('POST', '/v1/api-keys/verify', options),
      ({ body }) => [body?.code],
    );
  }

  /** @param {Door} door @param {readonly Key[]} keys of which some may be the same */
  #verifyMany(door, keys) {
    const options = { body: { keys: keys.map(({ secret }) => secret) }, timeoutMs: TIMEOUT_MS };
    return this.#call(
      door,
      keys,
      () => door.ask('POST', '/v1/api-keys/batch-verify', options),
      ({ status, body }) =>
        keys.map((_, i) => (status === 200 ? /** @type {string} */ (body.results[i].code) : body?.code)),
    );
  }

  /** No use, whatever comes back; a refusal is one. @param {Door} door @param {Key} key */
  #lookAt(door, key) {
    const options = { credential: key.secret, timeoutMs: TIMEOUT_MS };
    return this.#call(
      door,
      [key],
      () => door.ask('GET', '/v1/whoami', options),
      ({ body }) => [body?.code],
    );
  }

  /**
   * @param {Door} door
   * @param {readonly Key[]} keys
   * @param {() => ReturnType<Door['ask']>} ask
   * @param {(answer: Awaited<ReturnType<Door['ask']>>) => (string | undefined)[]} codesIn of each key
   */
  async #call(door, keys, ask, codesIn) {
    const process = this.#ground.processOf(/** @type {GatewayLabel} */ (door.name));
    for (const { account } of keys) account.begin();
    const startMs = Date.now();
    try {
      const answer = await ask();
      const call = { startMs, endMs: Date.now() };
      // It went wrong after we were let in: counted or not, it does not say.
      if (answer.status >= 500 && answer.status !== 503) throw new NoAnswerError(`answered ${answer.status}`);
      if (answer.status === 503) this.#tally.countFailure(`503 ${answer.body?.code ?? ''}`);
      for (const [i, code] of codesIn(answer).entries()) this.#settle(keys[i], code, call, process);
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      this.#tally.countFailure(error.message);
      const call = { startMs, endMs: Date.now() };
      for (const { account } of keys) {
        // Nobody has listened.
        if (error.message === 'ECONNREFUSED') account.answerNothing();
        else account.noAnswer(call, error.message);
      }
      await delay(AWAY_MS);
    }
  }

  /**
   * @param {Key | undefined} key
   * @param {string | undefined} code
   * @param {import('./series.mjs').Call} call
   * @param {import('./gateway-process.mjs').GatewayProcess} process
   */
  #settle(key, code, call, process) {
    const outcome = OUTCOME_OF_CODE[code ?? ''];
    if (outcome === undefined) {
      key?.account.answerNothing();
      return;
    }
    key?.account.answer(outcome, call, process);
    this.#tally.countAnswer(outcome);
  }
}
