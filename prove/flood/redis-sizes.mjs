import { Redis } from 'ioredis';

const EVERY_MS = 20;

/** Looks again and again how many keys there are in the Redis of the cache and in that of the sessions. */
export class RedisSizes {
  /** Most at one moment, of each. */
  most = [0, 0];
  #clients;

  /** @param {{ redisUrl: string, sessionRedisUrl: string }} platform */
  constructor({ redisUrl, sessionRedisUrl }) {
    this.#clients = [new Redis(redisUrl), new Redis(sessionRedisUrl)];
  }

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  async during(work) {
    const timer = setInterval(() => void this.#look(), EVERY_MS);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  close() {
    for (const client of this.#clients) client.disconnect();
  }

  async #look() {
    const sizes = await Promise.all(this.#clients.map((client) => client.dbsize()));
    this.most = this.most.map((most, i) => Math.max(most, sizes[i] ?? 0));
  }
}
