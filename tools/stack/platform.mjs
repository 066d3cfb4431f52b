// The whole platform: the stores, the migration, and the services as built into dist/. For the one-command stack,
// the platform tests and the benchmark.
import { join } from 'node:path';
import { loadCredentials } from './credentials.mjs';
import { localUrl, loopback, urlForOthers } from './door.mjs';
import { runToEnd } from './managed-process.mjs';
import { builtDirectory, repositoryDirectory } from './paths.mjs';
import { anyFreePort } from './ports.mjs';
import { startNats, startPostgres, startRedis, startSessionRedis } from './servers.mjs';
import { migrationEnvironment, serviceNames, storeEnvironment } from './service-environment.mjs';
import { Service } from './service.mjs';

/** @typedef {import('./server.mjs').Server} Server */
/** @typedef {import('./service-environment.mjs').ServiceName} ServiceName */
/** @typedef {import('./service-environment.mjs').Stores} Stores */

/**
 * @typedef {object} PlatformOptions
 * @property {string} dir  for data, credentials and logs; one that was used before is continued
 * @property {Partial<Record<ServiceName, number>>} [replicas] one of each unless told otherwise
 * @property {Record<string, Record<string, string>>} [env] more variables for some services (`verification`) or some
 *   replicas (`verification-2`), which override ours
 * @property {Record<string, string>} [baseEnv] variables for all services, which ours and `env` override
 * @property {string} [distDirectory] another build of the services than ours
 * @property {string} [host] address that the gateways listen on; of this machine alone unless told otherwise
 * @property {ExistingServers} [existing] servers that run already, to be used instead of own ones
 * @property {(name: string) => Promise<number>} [choosePort] any free one unless told otherwise
 * @property {(message: string) => void} [onProgress]
 * @property {AbortSignal} [signal] gives up the start
 */

/**
 * @typedef {object} ExistingServers
 * @property {string | undefined} [databaseUrl]
 * @property {string | undefined} [redisUrl]
 * @property {string | undefined} [sessionRedisUrl]
 * @property {string | undefined} [natsUrl]
 */

/** @typedef {{ postgres?: Server, redis?: Server, sessionRedis?: Server, nats?: Server }} Servers */

/**
 * @typedef {object} Platform
 * @property {string} gatewayUrl     of the first gateway
 * @property {string[]} gatewayUrls
 * @property {string | undefined} urlForOthers of the first gateway, when other machines are let in
 * @property {string} adminToken
 * @property {string} databaseUrl    with the owner's name and password
 * @property {string} redisUrl       with the admin's
 * @property {string} sessionRedisUrl with the admin's
 * @property {string} natsUrl        with the observer's
 * @property {import('./credentials.mjs').Credentials} credentials
 * @property {Service[]} services
 * @property {Servers} servers       without those that ran already
 * @property {string} logDir
 * @property {() => Promise<void>} stop
 */

/**
 * Starts everything and waits until every service is ready. When something fails, everything is stopped again.
 *
 * @param {PlatformOptions} options
 * @returns {Promise<Platform>}
 */
export async function startPlatform(options) {
  const { dir, existing = {}, host = loopback, signal, onProgress } = options;
  const credentials = loadCredentials(dir);
  /** @type {Servers} */
  const servers = {};
  /** @type {Service[]} */
  const services = [];
  const stop = () => stopEverything(services, servers);
  const stopOnAbort = () => void stop();
  signal?.addEventListener('abort', stopOnAbort);
  try {
    onProgress?.('starting the stores');
    await startServers(servers, options);
    signal?.throwIfAborted();
    const stores = locateStores(servers, existing, credentials);
    onProgress?.('migrating the database');
    await migrate(dir, stores);
    signal?.throwIfAborted();
    onProgress?.('starting the services');
    services.push(...(await defineServices(stores, options)));
    await Promise.all(services.map((service) => service.start()));
    signal?.throwIfAborted();
    return describe({ dir, host, stores, services, servers, stop });
  } catch (error) {
    await stop();
    // A process that was stopped on its way up fails with an error that says nothing new.
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stopOnAbort);
  }
}

/** Fills in `servers` as they start. @param {Servers} servers @param {PlatformOptions} options */
async function startServers(servers, { dir, existing = {}, choosePort = anyFreePort, onProgress }) {
  /** @type {Promise<void>[]} */
  const starting = [];
  if (!existing.databaseUrl) {
    const port = await choosePort('postgres');
    starting.push(startPostgres({ dir, port }).then((server) => void (servers.postgres = server)));
  }
  if (!existing.redisUrl) {
    const port = await choosePort('redis');
    starting.push(startRedis({ dir, port, onProgress }).then((server) => void (servers.redis = server)));
  }
  if (!existing.sessionRedisUrl) {
    const port = await choosePort('session-redis');
    const start = startSessionRedis({ dir, port, onProgress });
    starting.push(start.then((server) => void (servers.sessionRedis = server)));
  }
  if (!existing.natsUrl) {
    const port = await choosePort('nats');
    starting.push(startNats({ dir, port, onProgress }).then((server) => void (servers.nats = server)));
  }
  // All of them, even when one fails: whoever stops the rest must know it.
  await Promise.allSettled(starting);
  await Promise.all(starting);
}

/**
 * @param {Servers} servers
 * @param {ExistingServers} existing
 * @param {import('./credentials.mjs').Credentials} credentials
 * @returns {Stores}
 */
function locateStores({ postgres, redis, sessionRedis, nats }, existing, credentials) {
  return {
    credentials,
    databaseUrl: postgres?.url ?? existing.databaseUrl ?? '',
    redisUrl: redis?.url ?? existing.redisUrl ?? '',
    sessionRedisUrl: sessionRedis?.url ?? existing.sessionRedisUrl ?? '',
    natsUrl: nats?.url ?? existing.natsUrl ?? '',
    hasOwnRedis: redis !== undefined,
    hasOwnSessionRedis: sessionRedis !== undefined,
    hasOwnNats: nats !== undefined,
  };
}

/** @param {string} dir @param {Stores} stores */
async function migrate(dir, stores) {
  await runToEnd({
    label: 'migrate',
    command: process.execPath,
    args: [join(repositoryDirectory, 'tools', 'migrate.mjs')],
    env: migrationEnvironment(stores),
    dir,
  });
}

/** @param {Stores} stores @param {PlatformOptions} options @returns {Promise<Service[]>} */
async function defineServices(
  stores,
  {
    dir,
    replicas = {},
    baseEnv = {},
    env = {},
    distDirectory = builtDirectory,
    host = loopback,
    choosePort = anyFreePort,
  },
) {
  /** @type {Service[]} */
  const services = [];
  for (const name of serviceNames) {
    for (let replica = 1; replica <= (replicas[name] ?? 1); replica++) {
      const operations = await choosePort(`${name}-${replica}-operations`);
      const http = name === 'gateway' ? await choosePort(`${name}-${replica}`) : undefined;
      services.push(
        new Service({
          name,
          replica,
          dir,
          distDirectory,
          ports: { http, operations },
          host,
          env: {
            ...baseEnv,
            ...storeEnvironment(name, stores),
            ...env[name],
            ...env[`${name}-${replica}`],
          },
        }),
      );
    }
  }
  return services;
}

/** @param {Service[]} services @param {Servers} servers */
async function stopEverything(services, servers) {
  // The gateways first: what they are still doing needs the services, as those need the stores.
  const isGateway = (/** @type {Service} */ { name }) => name === 'gateway';
  await Promise.all(services.filter(isGateway).map((service) => service.stop()));
  await Promise.all(services.map((service) => service.stop()));
  await Promise.all(Object.values(servers).map((server) => server.stop()));
}

/**
 * @param {{ dir: string, host: string, stores: Stores, services: Service[], servers: Servers, stop: () => Promise<void> }} parts
 * @returns {Platform}
 */
function describe({ dir, host, stores, services, servers, stop }) {
  const { credentials, databaseUrl, redisUrl, sessionRedisUrl, natsUrl } = stores;
  const gatewayPorts = services.filter(({ name }) => name === 'gateway').map(({ port }) => port);
  const gatewayUrls = gatewayPorts.map((port) => localUrl(host, port));
  return {
    gatewayUrl: gatewayUrls[0] ?? '',
    gatewayUrls,
    urlForOthers: urlForOthers(host, gatewayPorts[0] ?? 0),
    adminToken: credentials.adminToken,
    databaseUrl,
    redisUrl,
    sessionRedisUrl,
    natsUrl,
    credentials,
    services,
    servers,
    logDir: join(dir, 'logs'),
    stop,
  };
}
