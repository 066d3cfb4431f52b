// The keys of a proof. Most live all along; now and then one is deleted or expires, and goes on being called.
import { setTimeout as delay } from 'node:timers/promises';
import { NoAnswerError } from '../harness/door.mjs';
import { Account } from './account.mjs';

/** @typedef {import('./ground.mjs').UsageGround} UsageGround */

const LIVE_KEYS = 120;
/** Half of the calls are for these: one row that everybody wants. */
const HOT_KEYS = 6;
const REFUSED_KEYS = 30;
const RENEWED_EVERY_MS = 1_500;
const TIMEOUT_MS = 20_000;
const RETRY_MS = 100;
const SHORTEST_LIFE_MS = 2_000;
const LONGEST_LIFE_MS = 6_000;

/** @typedef {{ id: string, secret: string, account: Account }} Key */

export class Keys {
  /** All there have ever been, by id. @type {Map<string, Key>} */
  all = new Map();
  /** Each called through one gateway only, in the order of the gateways. @type {Key[]} */
  marks = [];
  /** @type {Key[]} */
  #called = [];
  #ground;
  #random;
  #path = '';
  #stop = new AbortController();
  #renewing = Promise.resolve();

  /** @param {UsageGround} ground @param {import('../harness/random.mjs').Random} random */
  constructor(ground, random) {
    this.#ground = ground;
    this.#random = random;
  }

  async begin() {
    const project = await this.#ask('POST', '/v1/projects', { name: 'Proof' });
    this.#path = `/v1/projects/${project.body.id}/api-keys`;
    this.marks = await Promise.all(this.#ground.doors.map(() => this.#create({})));
    while (this.#called.length < LIVE_KEYS) this.#called.push(await this.#create({}));
    this.#renewing = this.#renew();
  }

  async end() {
    this.#stop.abort();
    await this.#renewing;
  }

  /** @returns {Key} */
  choose() {
    const hot = this.#random.chance(0.5);
    return this.#random.pick(hot ? this.#called.slice(0, HOT_KEYS) : this.#called);
  }

  /** @param {number} count @returns {Key[]} */
  chooseMany(count) {
    return Array.from({ length: count }, () => this.choose());
  }

  /** Deletes one, or makes one that expires soon; the oldest of those that are refused are left alone in the end. */
  async #renew() {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const lifeMs = this.#random.between(SHORTEST_LIFE_MS, LONGEST_LIFE_MS);
      const expiresAt = new Date(Date.now() + lifeMs).toISOString();
      const isDeleted = this.#random.chance(0.5);
      const key = await this.#create(isDeleted ? {} : { expiresAt });
      this.#called.push(key);
      if (this.#called.length > LIVE_KEYS + REFUSED_KEYS) this.#called.splice(LIVE_KEYS, 1);
      await delay(RENEWED_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (isDeleted) await this.#ask('DELETE', `${this.#path}/${key.id}`);
    }
  }

  /** @param {{ expiresAt?: string }} body @returns {Promise<Key>} */
  async #create(body) {
    const { id, key: secret } = (await this.#ask('POST', this.#path, body)).body;
    const key = { id, secret, account: new Account(id) };
    this.all.set(id, key);
    return key;
  }

  /** Until it is answered: whatever is down comes back. @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<{ status: number, body: any }>} */
  async #ask(method, path, body) {
    for (;;) {
      try {
        const door = this.#random.pick(this.#ground.doors);
        const answer = await door.ask(method, path, { body, timeoutMs: TIMEOUT_MS });
        if (answer.status < 500) return answer;
      } catch (error) {
        if (!(error instanceof NoAnswerError)) throw error;
      }
      await delay(RETRY_MS);
    }
  }
}
