// The platform that is put to a proof, with proxies on some of its connections to the stores.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { startTcpProxy } from '../../tools/stack/tcp-proxy.mjs';
import { Door } from './door.mjs';

/** @typedef {import('../../tools/stack/tcp-proxy.mjs').TcpProxy} TcpProxy */
/** @typedef {import('../../tools/stack/platform.mjs').Platform} Platform */

export class Ground {
  #hurry = new AbortController();
  #proxies;

  /** @param {Platform} platform @param {readonly Record<string, TcpProxy>[]} links each to one store, by its client */
  constructor(platform, links) {
    this.platform = platform;
    this.doors = platform.gatewayUrls.map((url, i) => new Door(`gateway-${i + 1}`, url, platform.adminToken));
    this.#proxies = links.flatMap((link) => Object.values(link));
  }

  /** @param {string} label for example `gateway-2` */
  service(label) {
    return found(this.platform.services.find((service) => service.label === label));
  }

  /** @param {'postgres' | 'redis' | 'nats'} name */
  server(name) {
    return found(this.platform.servers[name]);
  }

  /** A connection to PostgreSQL with every right. */
  async connectToPostgres() {
    const client = new pg.Client({ connectionString: this.platform.databaseUrl });
    // A server that is stopped on purpose ends it.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Time that something stays broken: none any more after `hurry`. @param {number} ms */
  async pause(ms) {
    await delay(Math.max(0, ms), undefined, { signal: this.#hurry.signal }).catch(() => undefined);
  }

  /** Whatever is broken is to be repaired at once. */
  hurry() {
    this.#hurry.abort();
  }

  /** Nothing here is worth being ended in good order. */
  async stop() {
    for (const proxy of this.#proxies) proxy.heal();
    const { services, servers } = this.platform;
    await Promise.all([...services, ...Object.values(servers)].map((one) => one.kill('SIGKILL')));
    await this.platform.stop();
    for (const door of this.doors) door.close();
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }
}

/**
 * A proxy to a store for each of its clients.
 *
 * @template {string} Label
 * @param {readonly Label[]} labels
 * @param {number} port
 * @returns {Promise<Record<Label, TcpProxy>>}
 */
export async function linksTo(labels, port) {
  const proxies = labels.map(
    async (label) => /** @type {const} */ ([label, await startTcpProxy(`tcp://127.0.0.1:${port}`)]),
  );
  return /** @type {Record<Label, TcpProxy>} */ (Object.fromEntries(await Promise.all(proxies)));
}

/**
 * Proxies would keep a process alive whose platform could not be started.
 *
 * @template T
 * @param {readonly Record<string, TcpProxy>[]} links
 * @param {() => Promise<T>} start
 * @returns {Promise<T>}
 */
export async function orClose(links, start) {
  try {
    return await start();
  } catch (error) {
    await Promise.all(links.flatMap((link) => Object.values(link)).map((proxy) => proxy.close()));
    throw error;
  }
}

/** @template T @param {T | undefined} value @returns {T} */
function found(value) {
  if (value === undefined) throw new Error('the platform has no such part');
  return value;
}
