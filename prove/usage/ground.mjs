// The platform whose counting is put to the proof: two replicas of each service that takes part, real stores, a proxy on
// every connection over which uses travel, and a witness on the bus.
import { loadCredentials } from '../../tools/stack/credentials.mjs';
import { startPlatform } from '../../tools/stack/platform.mjs';
import { anyFreePort } from '../../tools/stack/ports.mjs';
import { storeEnvironment } from '../../tools/stack/service-environment.mjs';
import { PROOF_ENVIRONMENT } from '../harness/environment.mjs';
import { Ground, linksTo, orClose } from '../harness/ground.mjs';
import { GatewayProcess } from './gateway-process.mjs';
import { Witness } from './witness.mjs';

/** @typedef {import('../../tools/stack/tcp-proxy.mjs').TcpProxy} TcpProxy */

export const GATEWAYS = /** @type {const} */ (['gateway-1', 'gateway-2']);
export const CONSUMERS = /** @type {const} */ (['usage-tracking-1', 'usage-tracking-2']);

/** @typedef {typeof GATEWAYS[number]} GatewayLabel */
/** @typedef {typeof CONSUMERS[number]} ConsumerLabel */

/**
 * @typedef {object} Links
 * @property {Record<GatewayLabel | ConsumerLabel, TcpProxy>} nats
 * @property {Record<ConsumerLabel, TcpProxy>} postgres
 */

export class UsageGround extends Ground {
  /** @type {Record<GatewayLabel, { process: GatewayProcess, runs: number }>} */
  #gateways = { 'gateway-1': firstRun('gateway-1'), 'gateway-2': firstRun('gateway-2') };

  /** @param {Awaited<ReturnType<typeof startPlatform>>} platform @param {Links} links @param {Witness} witness */
  constructor(platform, links, witness) {
    super(platform, [links.nats, links.postgres]);
    this.links = links;
    this.witness = witness;
  }

  /** The one that runs, or the last one that did. @param {GatewayLabel} label */
  processOf(label) {
    return this.#gateways[label].process;
  }

  /** @param {GatewayLabel} label of a gateway that has ended */
  async startGateway(label) {
    const gateway = this.#gateways[label];
    gateway.process = new GatewayProcess(`${label}, run ${++gateway.runs}`);
    await this.service(label).start();
  }

  /** @param {'nats' | 'postgres'} store @param {string} client @returns {TcpProxy} */
  linkOf(store, client) {
    const link = /** @type {Record<string, TcpProxy>} */ (this.links[store])[client];
    if (link === undefined) throw new Error(`${client} has no proxy to ${store}`);
    return link;
  }

  /** @override */
  async stop() {
    await this.witness.leave();
    await super.stop();
  }
}

/** @param {{ dir: string, distDirectory: string, onProgress?: (message: string) => void }} options */
export async function prepareGround({ dir, distDirectory, onProgress }) {
  const ports = { postgres: await anyFreePort(), nats: await anyFreePort() };
  const links = {
    nats: await linksTo([...GATEWAYS, ...CONSUMERS], ports.nats),
    postgres: await linksTo(CONSUMERS, ports.postgres),
  };
  const start = () =>
    startPlatform({
      dir,
      distDirectory,
      replicas: { gateway: 2, verification: 1, 'key-management': 1, 'usage-tracking': 2 },
      choosePort: async (name) => (name === 'postgres' || name === 'nats' ? ports[name] : anyFreePort()),
      env: throughProxies(dir, ports, links),
      baseEnv: PROOF_ENVIRONMENT,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  const platform = await orClose(Object.values(links), start);
  return new UsageGround(platform, links, await Witness.join(platform.natsUrl));
}

/** @param {string} dir @param {{ postgres: number, nats: number }} ports @param {Links} links */
function throughProxies(dir, ports, links) {
  const natsUrl = `nats://127.0.0.1:${ports.nats}`;
  const direct = storeEnvironment('usage-tracking', {
    credentials: loadCredentials(dir),
    databaseUrl: `postgres://127.0.0.1:${ports.postgres}/traylinx`,
    redisUrl: 'redis://127.0.0.1',
    natsUrl,
    sessionRedisUrl: 'redis://127.0.0.1',
    hasOwnRedis: true,
    hasOwnSessionRedis: true,
    hasOwnNats: true,
  });
  /** @type {Record<string, Record<string, string>>} */
  const env = {};
  // A URL object would end in a slash, which the client takes for a part of the address.
  const nats = (/** @type {TcpProxy} */ link) => ({ NATS_URL: `nats://${new URL(link.url(natsUrl)).host}` });
  for (const label of GATEWAYS) env[label] = nats(links.nats[label]);
  for (const label of CONSUMERS) {
    env[label] = {
      ...nats(links.nats[label]),
      DATABASE_URL: links.postgres[label].url(direct['DATABASE_URL'] ?? ''),
    };
  }
  return env;
}

/** @param {GatewayLabel} label */
function firstRun(label) {
  return { process: new GatewayProcess(`${label}, run 1`), runs: 1 };
}
