// The platform that is put to the proof: two replicas of each service, real stores, and a proxy on every connection to
// Redis and PostgreSQL that the protocol depends on.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { loadCredentials } from '../../tools/stack/credentials.mjs';
import { startPlatform } from '../../tools/stack/platform.mjs';
import { anyFreePort } from '../../tools/stack/ports.mjs';
import { storeEnvironment } from '../../tools/stack/service-environment.mjs';
import { startTcpProxy } from '../../tools/stack/tcp-proxy.mjs';
import { Door } from './door.mjs';

/** @typedef {import('../../tools/stack/tcp-proxy.mjs').TcpProxy} TcpProxy */

const CLIENTS_OF_STORES = /** @type {const} */ ([
  'verification-1',
  'verification-2',
  'key-management-1',
  'key-management-2',
]);

/** @typedef {typeof CLIENTS_OF_STORES[number]} StoreClient */
/** @typedef {Record<StoreClient, TcpProxy>} Links */

export class Ground {
  #hurry = new AbortController();

  /**
   * @param {Awaited<ReturnType<typeof startPlatform>>} platform
   * @param {{ redis: Links, postgres: Links }} links
   * @param {string} dir
   */
  constructor(platform, links, dir) {
    this.platform = platform;
    this.links = links;
    this.doors = platform.gatewayUrls.map((url, i) => new Door(`gateway-${i + 1}`, url, platform.adminToken));
    this.snapshotFile = join(dir, 'redis', 'dump.rdb');
  }

  /** @param {string} label for example `gateway-2` */
  service(label) {
    return found(this.platform.services.find((service) => service.label === label));
  }

  /** @param {'postgres' | 'redis' | 'nats'} name */
  server(name) {
    return found(this.platform.servers[name]);
  }

  /** Redis writes down what it holds now. */
  async takeSnapshot() {
    await this.#askRedis((redis) => redis.save());
  }

  /** @param {'empty' | 'older content'} how */
  async restartRedis(how) {
    const redis = this.server('redis');
    await redis.kill('SIGKILL');
    if (how === 'empty') rmSync(this.snapshotFile, { force: true });
    await redis.start();
  }

  /** Until both verifiers ask Redis again, or `withinMs` are over. @param {number} withinMs */
  async verifiersUseRedis(withinMs) {
    const deadline = performance.now() + withinMs;
    await this.#askRedis(async (redis) => {
      while (performance.now() < deadline) {
        const clients = String(await redis.client('LIST'));
        if ((clients.match(/name=verification /g)?.length ?? 0) >= 2) return;
        await delay(10);
      }
    });
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

  #heal() {
    for (const links of [this.links.redis, this.links.postgres]) {
      for (const link of Object.values(links)) link.heal();
    }
  }

  /** Nothing here is worth being ended in good order. */
  async stop() {
    this.#heal();
    const { services, servers } = this.platform;
    const all = [...services, ...Object.values(servers)];
    await Promise.all(all.map((one) => one.kill('SIGKILL')));
    await this.platform.stop();
    for (const door of this.doors) door.close();
    for (const links of [this.links.redis, this.links.postgres]) {
      await Promise.all(Object.values(links).map((link) => link.close()));
    }
  }

  /** @param {(redis: Redis) => Promise<unknown>} work */
  async #askRedis(work) {
    const redis = new Redis(this.platform.redisUrl, { retryStrategy: () => null, lazyConnect: true });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      await work(redis);
    } finally {
      redis.disconnect();
    }
  }
}

/** @param {{ dir: string, distDirectory: string, onProgress?: (message: string) => void }} options */
export async function prepareGround({ dir, distDirectory, onProgress }) {
  const ports = { postgres: await anyFreePort(), redis: await anyFreePort() };
  const links = { postgres: await linksTo(ports.postgres), redis: await linksTo(ports.redis) };
  const platform = await startPlatform({
    dir,
    distDirectory,
    replicas: { gateway: 2, verification: 2, 'key-management': 2, 'usage-tracking': 2 },
    choosePort: async (name) => (name === 'postgres' || name === 'redis' ? ports[name] : anyFreePort()),
    env: Object.fromEntries(
      CLIENTS_OF_STORES.map((label) => [label, throughProxies(label, dir, ports, links)]),
    ),
    baseEnv: { LOG_LEVEL: 'warn' },
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  return new Ground(platform, links, dir);
}

/**
 * @param {StoreClient} label
 * @param {string} dir
 * @param {{ postgres: number, redis: number }} ports
 * @param {{ postgres: Links, redis: Links }} links
 */
function throughProxies(label, dir, ports, links) {
  const service = /** @type {import('../../tools/stack/service-environment.mjs').ServiceName} */ (
    label.slice(0, -2)
  );
  const direct = storeEnvironment(service, {
    credentials: loadCredentials(dir),
    databaseUrl: `postgres://127.0.0.1:${ports.postgres}/traylinx`,
    redisUrl: `redis://127.0.0.1:${ports.redis}`,
    // Of the gateway alone, whose environment is not made here.
    sessionRedisUrl: '',
    hasOwnSessionRedis: false,
    natsUrl: 'nats://127.0.0.1',
    hasOwnRedis: true,
    hasOwnNats: true,
  });
  return {
    DATABASE_URL: links.postgres[label].url(direct['DATABASE_URL'] ?? ''),
    REDIS_URL: links.redis[label].url(direct['REDIS_URL'] ?? ''),
  };
}

/** @param {number} port @returns {Promise<Links>} */
async function linksTo(port) {
  const entries = CLIENTS_OF_STORES.map(async (label) => [
    label,
    await startTcpProxy(`tcp://127.0.0.1:${port}`),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** @template T @param {T | undefined} value @returns {T} */
function found(value) {
  if (value === undefined) throw new Error('the platform has no such part');
  return value;
}
