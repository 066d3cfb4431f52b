// Those who create, delete and look at keys.
import { setTimeout as delay } from 'node:timers/promises';
import { NoAnswerError } from '../harness/door.mjs';
import { Key } from './population.mjs';

/** @typedef {import('../harness/door.mjs').Door} Door */
/** @typedef {{ status: number, body: any, door: string }} Answer */

const TIMEOUT_MS = 8_000;
/** How patient clients are: some ask again while the first DELETE is still at work. */
const DELETE_TIMEOUTS_MS = [300, 2_000, 5_000, 20_000];
const EXPIRING = 0.06;
const BY_HOLDER = 0.15;
const MANY_KEYS = 200;

export class Admins {
  #doors;
  #population;
  #random;
  #tally;

  /**
   * @param {readonly Door[]} doors
   * @param {import('./population.mjs').Population} population
   * @param {import('../harness/random.mjs').Random} random
   * @param {import('./tally.mjs').Tally} tally
   */
  constructor(doors, population, random, tally) {
    this.#doors = doors;
    this.#population = population;
    this.#random = random;
    this.#tally = tally;
  }

  async createProject() {
    const answer = await this.#ask('POST', '/v1/projects', { body: { name: 'Proof' } });
    if (answer?.status === 201) this.#population.projects.set(answer.body.id, new Set());
  }

  /** @returns {Promise<Key | undefined>} undefined when there was no answer; nobody holds such a key */
  async createKey() {
    const projectId = this.#random.pick([...this.#population.projects.keys()]);
    const lifeMs = this.#random.between(1_000, 6_000);
    const body = this.#random.chance(EXPIRING)
      ? { expiresAt: new Date(Date.now() + lifeMs).toISOString() }
      : {};
    const answer = await this.#ask('POST', keysOf(projectId), { body });
    return answer?.status === 201 ? this.#keep(answer.body) : undefined;
  }

  /**
   * Until it is confirmed, as a client does that wants it done: again and again, through whichever gateway.
   *
   * @param {Key} key
   * @param {{ signal?: AbortSignal, timeoutMs?: number }} [options] how long each attempt may take: it varies unless given
   */
  async deleteKey(key, { signal, timeoutMs } = {}) {
    this.#population.beginDeletion(key);
    while (!signal?.aborted) {
      const isConfirmed = await this.#tryDelete(key, timeoutMs ?? this.#random.pick(DELETE_TIMEOUTS_MS));
      if (isConfirmed) {
        if (key.goneAtMs === Infinity) this.#tally.deletions += 1;
        key.goneAtMs = Math.min(key.goneAtMs, performance.now());
        return;
      }
      await delay(this.#random.magnitude(20, 500));
    }
  }

  /** Looks at the keys of a project, or at one of them in one of the ways there are. */
  async look() {
    const projectId = this.#random.pick([...this.#population.projects.keys()]);
    const keys = [...(this.#population.projects.get(projectId) ?? [])];
    if (keys.length === 0) return;
    const key = this.#random.pick(keys);
    const chance = this.#random.next();
    if (chance < 0.5) await this.#lookAtAll(projectId, keys);
    else if (chance < 0.75) await this.#lookAtOne(key);
    else if (chance < 0.97) await this.#changeNote(key);
    else await this.#replace(key);
  }

  /** Looks at a key in every way in which an admin can see that it is gone. @param {Key} key */
  async lookAt(key) {
    await this.#lookAtOne(key);
    await this.#lookAtAll(key.projectId, [key]);
    await this.#changeNote(key);
    await this.#replace(key);
  }

  /** @param {Key} key @param {number} timeoutMs @returns {Promise<boolean>} */
  async #tryDelete(key, timeoutMs) {
    const isByHolder = this.#random.chance(BY_HOLDER);
    const path = isByHolder ? '/v1/api-keys/self' : pathOf(key);
    const credential = isByHolder ? { credential: key.secret } : {};
    const startMs = performance.now();
    const answer = await this.#ask('DELETE', path, { ...credential, timeoutMs });
    if (answer === undefined) return false;
    const { status, body, door } = answer;
    const what = `DELETE ${isByHolder ? 'self' : ''} at ${door}: ${status} ${body?.code ?? ''}`;
    if (status === 204) this.#population.record(key, 'deleted', startMs, what);
    else if (status === 404) this.#population.record(key, 'absent', startMs, what);
    else if (body?.code === 'api_key_deleted') this.#population.record(key, 'absent', startMs, what);
    // An expired key has nothing to hold any more: an admin deletes it.
    else return false;
    return true;
  }

  /** @param {Key} key */
  async #lookAtOne(key) {
    const startMs = performance.now();
    this.#recordLook('GET', key, startMs, await this.#ask('GET', pathOf(key)));
  }

  /** @param {Key} key */
  async #changeNote(key) {
    const startMs = performance.now();
    this.#recordLook(
      'PATCH',
      key,
      startMs,
      await this.#ask('PATCH', pathOf(key), { body: { note: 'seen' } }),
    );
  }

  /** Makes another key that takes the place of this one, which for that has to be there. @param {Key} key */
  async #replace(key) {
    const startMs = performance.now();
    const answer = await this.#ask('POST', keysOf(key.projectId), { body: { replacesKeyId: key.id } });
    this.#recordLook('replacement', key, startMs, answer);
    if (answer?.status === 201) this.#population.handOut(this.#keep(answer.body));
  }

  /** @param {string} kind @param {Key} key @param {number} startMs @param {Answer | undefined} answer */
  #recordLook(kind, key, startMs, answer) {
    if (answer === undefined) return;
    const { status, body, door } = answer;
    this.#tally.countLook(kind);
    const what = `${kind} at ${door}: ${status} ${body?.code ?? ''}`;
    if (body?.code === 'api_key_not_found') this.#population.record(key, 'absent', startMs, what);
    // Whoever is told that it has a replacement already is told that it is there.
    else if (status < 300 || body?.code === 'already_replaced')
      this.#population.record(key, 'shown', startMs, what);
  }

  /** @param {any} created as the platform has answered */
  #keep(created) {
    this.#tally.creations += 1;
    const key = new Key(created);
    this.#population.add(key);
    return key;
  }

  /** @param {string} projectId @param {readonly Key[]} keys that were there before the list was asked for */
  async #lookAtAll(projectId, keys) {
    const startMs = performance.now();
    const answer = await this.#ask('GET', `${keysOf(projectId)}?limit=${MANY_KEYS}`);
    // A list in pages is read at several times, so what is not on one of them proves nothing.
    if (answer?.status !== 200 || answer.body.nextCursor !== null) return;
    this.#tally.countLook('list');
    const shown = new Map(answer.body.data.map((/** @type {any} */ { id, status }) => [id, status]));
    for (const key of keys) {
      const status = shown.get(key.id);
      const what = `list at ${answer.door}: ${status ?? 'not in it'}`;
      this.#population.record(key, status === undefined ? 'absent' : 'shown', startMs, what);
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {{ credential?: string, body?: unknown, timeoutMs?: number }} [options]
   * @returns {Promise<Answer | undefined>}
   */
  async #ask(method, path, options) {
    const door = this.#random.pick(this.#doors);
    try {
      const answer = await door.ask(method, path, { timeoutMs: TIMEOUT_MS, ...options });
      if (answer.status >= 500) this.#tally.countFailure(method, `${answer.status} ${answer.body?.code}`);
      return { ...answer, door: door.name };
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      this.#tally.countFailure(method, error.message);
      return undefined;
    }
  }
}

/** @param {string} projectId */
function keysOf(projectId) {
  return `/v1/projects/${projectId}/api-keys`;
}

/** @param {Key} key */
function pathOf({ projectId, id }) {
  return `${keysOf(projectId)}/${id}`;
}
