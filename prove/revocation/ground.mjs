// The platform that is put to the proof: two replicas of each service, real stores, and a proxy on every connection to
// Redis and PostgreSQL that the protocol depends on.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { loadCredentials } from '../../tools/stack/credentials.mjs';
import { startPlatform } from '../../tools/stack/platform.mjs';
import { anyFreePort } from '../../tools/stack/ports.mjs';
import { storeEnvironment } from '../../tools/stack/service-environment.mjs';
import { PROOF_ENVIRONMENT } from '../harness/environment.mjs';
import { Ground, linksTo, orClose } from '../harness/ground.mjs';

/** @typedef {import('../../tools/stack/tcp-proxy.mjs').TcpProxy} TcpProxy */

const CLIENTS_OF_STORES = /** @type {const} */ ([
  'verification-1',
  'verification-2',
  'key-management-1',
  'key-management-2',
]);

/** @typedef {typeof CLIENTS_OF_STORES[number]} StoreClient */
/** @typedef {Record<StoreClient, TcpProxy>} Links */

export class RevocationGround extends Ground {
  /**
   * @param {Awaited<ReturnType<typeof startPlatform>>} platform
   * @param {{ redis: Links, postgres: Links }} links
   * @param {string} dir
   */
  constructor(platform, links, dir) {
    super(platform, [links.redis, links.postgres]);
    this.links = links;
    this.snapshotFile = join(dir, 'redis', 'dump.rdb');
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
  const links = {
    postgres: await linksTo(CLIENTS_OF_STORES, ports.postgres),
    redis: await linksTo(CLIENTS_OF_STORES, ports.redis),
  };
  const start = () =>
    startPlatform({
      dir,
      distDirectory,
      replicas: { gateway: 2, verification: 2, 'key-management': 2, 'usage-tracking': 2 },
      choosePort: async (name) => (name === 'postgres' || name === 'redis' ? ports[name] : anyFreePort()),
      env: Object.fromEntries(
        CLIENTS_OF_STORES.map((label) => [label, throughProxies(label, dir, ports, links)]),
      ),
      baseEnv: PROOF_ENVIRONMENT,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  const platform = await orClose(Object.values(links), start);
  return new RevocationGround(platform, links, dir);
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
