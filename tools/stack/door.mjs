// Where the gateways of the one-command stack listen, and how they are reached there.
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

export const loopback = '127.0.0.1';
const all = new Set(['0.0.0.0', '::']);

/**
 * @param {string | undefined} host as `--host` or TRAYLINX_HOST says it
 * @returns {string | undefined}
 * @throws with a message for people
 */
export function parseHost(host) {
  if (host === undefined || host === '') return undefined;
  if (isIP(host) !== 0) return host;
  throw new Error('--host and TRAYLINX_HOST take an IP address of this machine, or 0.0.0.0 for all of them');
}

/** For this machine. @param {string} host @param {number} port */
export function localUrl(host, port) {
  return urlOf(all.has(host) ? loopback : host, port);
}

/**
 * For other machines.
 *
 * @param {string} host
 * @param {number} port
 * @param {ReturnType<typeof networkInterfaces>} [interfaces]
 * @returns {string | undefined} undefined when there is none
 */
export function urlForOthers(host, port, interfaces = networkInterfaces()) {
  if (/^(127\.|::1$)/.test(host)) return undefined;
  if (!all.has(host)) return urlOf(host, port);
  const addresses = Object.values(interfaces).flatMap((each) => each ?? []);
  const address = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  return address === undefined ? undefined : urlOf(address, port);
}

/**
 * What a gateway is told. Browsers keep no session of plain http but at an address that PUBLIC_URL allows it at.
 *
 * @param {string} host
 * @param {number} port
 * @param {Record<string, string>} env PUBLIC_URL in it counts
 * @returns {Record<string, string>}
 */
export function doorEnvironment(host, port, env) {
  const publicUrl = env['PUBLIC_URL'] || urlForOthers(host, port);
  return { HOST: host, PORT: String(port), ...(publicUrl === undefined ? {} : { PUBLIC_URL: publicUrl }) };
}

/** @param {string} address @param {number} port */
function urlOf(address, port) {
  return `http://${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
}
