import { parseArgs } from 'node:util';
import { parseHost } from './door.mjs';
import { serviceNames } from './service-environment.mjs';

const mostReplicas = 16;

export const usage = `Usage:
  npm start [-- --<service> <replicas>] [--host <address>]   run the platform here until Ctrl+C
  npm run stack -- up [--detach] [--<service> <replicas>] [--host <address>]
  npm run stack -- down                          stop it
  npm run stack -- status [--json]               exits with 1 when it is not running
  npm run stack -- logs [<service or store>] [--follow]
  npm run stack -- reset [--yes]                 stop it and delete all data and credentials

Services: ${serviceNames.join(', ')}. Stores: postgres, redis, session-redis, nats.
--host (or TRAYLINX_HOST) lets other machines in, by plain http: 0.0.0.0, or one address of this machine.
DATABASE_URL, REDIS_URL, SESSION_REDIS_URL and NATS_URL name servers that run already and are used instead of own ones.`;

/** @typedef {Partial<Record<import('./service-environment.mjs').ServiceName, number>>} Replicas */

/**
 * @typedef {object} Options
 * @property {string} command
 * @property {string | undefined} argument
 * @property {boolean} detach
 * @property {boolean} json
 * @property {boolean} follow
 * @property {boolean} yes
 * @property {Replicas} replicas
 * @property {string | undefined} host where the gateways listen; undefined: for this machine only
 */

/**
 * @param {string[]} args
 * @param {Record<string, string | undefined>} [env]
 * @returns {Options}
 * @throws with a message for people
 */
export function parseOptions(args, env = process.env) {
  const flag = { type: /** @type {const} */ ('boolean'), default: false };
  const count = { type: /** @type {const} */ ('string') };
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      detach: { ...flag, short: 'd' },
      follow: { ...flag, short: 'f' },
      host: count,
      json: flag,
      yes: { ...flag, short: 'y' },
      gateway: count,
      verification: count,
      'key-management': count,
      'usage-tracking': count,
    },
  });
  const [command = 'help', argument, ...rest] = positionals;
  if (rest.length > 0) throw new Error(`unexpected argument: ${rest[0]}`);
  const { detach, follow, json, yes } = values;
  const host = parseHost(values.host ?? env['TRAYLINX_HOST']);
  return { command, argument, detach, follow, json, yes, replicas: replicasOf(values), host };
}

/** @param {Record<string, unknown>} values @returns {Replicas} */
function replicasOf(values) {
  /** @type {Replicas} */
  const replicas = {};
  for (const name of serviceNames) {
    const value = values[name];
    if (value === undefined) continue;
    const number = Number(value);
    if (!Number.isInteger(number) || number < 1 || number > mostReplicas) {
      throw new Error(`--${name} takes a number from 1 to ${mostReplicas}`);
    }
    replicas[name] = number;
  }
  return replicas;
}

/** The flags that `parseOptions` reads the same from. @param {Pick<Options, 'replicas' | 'host'>} options */
export function flagsOf({ replicas, host }) {
  const counts = Object.entries(replicas).flatMap(([name, number]) => [`--${name}`, String(number)]);
  return host === undefined ? counts : [...counts, '--host', host];
}
