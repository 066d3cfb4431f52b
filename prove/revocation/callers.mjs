// Those who hold keys: they call, one key at a time or many, through both gateways.
import { NoAnswerError } from '../harness/door.mjs';

/** @typedef {import('./population.mjs').Key} Key */
/** @typedef {import('../harness/door.mjs').Door} Door */
/** @typedef {import('./history.mjs').CallResult} CallResult */

const CALL_TIMEOUT_MS = 5_000;

/** @type {Record<string, CallResult>} */
const RESULT_OF_CODE = {
  VALID: 'accepted',
  DELETED: 'refused',
  UNKNOWN: 'refused',
  MALFORMED: 'refused',
  EXPIRED: 'expired',
  api_key_deleted: 'refused',
  api_key_unknown: 'refused',
  api_key_malformed: 'refused',
  api_key_expired: 'expired',
  api_key_not_found: 'absent',
};

export class Callers {
  #population;
  #tally;

  /** @param {import('./population.mjs').Population} population @param {import('./tally.mjs').Tally} tally */
  constructor(population, tally) {
    this.#population = population;
    this.#tally = tally;
  }

  /** As a proxy asks. @param {Door} door @param {Key} key */
  async call(door, key) {
    await this.#present(door, key, '/v1/auth');
  }

  /** As whoever holds a key and wonders which one it is. @param {Door} door @param {Key} key */
  async whoAmI(door, key) {
    this.#tally.countLook('whoami');
    await this.#present(door, key, '/v1/whoami');
  }

  /** As a platform service asks. @param {Door} door @param {readonly Key[]} keys without duplicates */
  async callAll(door, keys) {
    const startMs = performance.now();
    const body = { keys: keys.map(({ secret }) => secret) };
    const answer = await this.#ask(() =>
      door.ask('POST', '/v1/api-keys/batch-verify', { body, timeoutMs: CALL_TIMEOUT_MS }),
    );
    if (answer?.status !== 200) {
      if (answer !== undefined) this.#tally.countFailure('verify', `${answer.status} ${answer.body?.code}`);
      return;
    }
    for (const [i, key] of keys.entries()) {
      const { code } = answer.body.results[i];
      this.#record(key, code, startMs, `batch-verify at ${door.name}: ${code}`);
    }
  }

  /** @param {Door} door @param {Key} key @param {string} path */
  async #present(door, key, path) {
    const startMs = performance.now();
    const answer = await this.#ask(() =>
      door.ask('GET', path, { credential: key.secret, timeoutMs: CALL_TIMEOUT_MS }),
    );
    if (answer === undefined) return;
    const code = answer.status === 200 ? 'VALID' : answer.body?.code;
    this.#record(key, code, startMs, `GET ${path} at ${door.name}: ${answer.status} ${code}`);
  }

  /** @param {() => ReturnType<Door['ask']>} ask */
  async #ask(ask) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      this.#tally.countFailure('verify', error.message);
      return undefined;
    }
  }

  /** @param {Key} key @param {string} code @param {number} startMs @param {string} what */
  #record(key, code, startMs, what) {
    const result = RESULT_OF_CODE[code];
    if (result === undefined) {
      this.#tally.countFailure('verify', code);
      return;
    }
    this.#tally.verifications += 1;
    if (result === 'accepted') this.#tally.accepted += 1;
    else this.#tally.refused += 1;
    this.#population.record(key, result, startMs, what);
  }
}
