import { join } from 'node:path';
import { doorEnvironment, loopback } from './door.mjs';
import { ManagedProcess } from './managed-process.mjs';

// Longer than what a service allows itself to finish a deletion that is under way.
const graceMs = 25_000;
const readinessTimeoutMs = 2_000;

/** One replica of one of our services. */
export class Service extends ManagedProcess {
  /**
   * @param {object} options
   * @param {import('./service-environment.mjs').ServiceName} options.name
   * @param {number} options.replica
   * @param {string} options.dir
   * @param {string} options.distDirectory what was built
   * @param {{ http: number | undefined, operations: number }} options.ports http: of a gateway only
   * @param {string} [options.host] that a gateway listens on
   * @param {Record<string, string>} options.env where the stores are, and whatever else it is to be told
   */
  constructor({ name, replica, dir, distDirectory, ports, host = loopback, env }) {
    const operationsUrl = `http://${loopback}:${ports.operations}`;
    super({
      label: `${name}-${replica}`,
      command: process.execPath,
      args: ['--enable-source-maps', join(distDirectory, 'apps', name, 'src', 'main.js')],
      env: {
        LOG_FORMAT: 'json',
        ...env,
        ...(ports.http === undefined ? {} : doorEnvironment(host, ports.http, env)),
        OPERATIONS_HOST: loopback,
        OPERATIONS_PORT: String(ports.operations),
      },
      dir,
      graceMs,
      isReady: () => isReady(operationsUrl),
    });
    this.name = name;
    this.replica = replica;
    /** Where a gateway serves its API; of the other services, which have no other port, that of the operations. */
    this.port = ports.http ?? ports.operations;
    this.operationsUrl = operationsUrl;
  }
}

/** @param {string} operationsUrl */
async function isReady(operationsUrl) {
  try {
    const response = await fetch(`${operationsUrl}/readyz`, {
      signal: AbortSignal.timeout(readinessTimeoutMs),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Nobody listens there yet, or an answer waits for a store that is still starting.
    return false;
  }
}
