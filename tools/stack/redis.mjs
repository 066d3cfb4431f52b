import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCredentials } from './credentials.mjs';
import { repositoryDirectory } from './paths.mjs';
import { anyFreePort } from './ports.mjs';
import { resolveProgram } from './programs.mjs';
import { Server } from './server.mjs';
import { converse } from './tcp.mjs';

const configuration = join(repositoryDirectory, 'servers', 'redis');

/**
 * @typedef {object} RedisOptions
 * @property {string} dir
 * @property {number} [port]
 * @property {Record<string, string | number>} [settings] of redis.conf
 * @property {((message: string) => void) | undefined} [onProgress]
 */

/**
 * Starts the cache on 127.0.0.1 with the configuration and the users of `servers/redis`; the `url` is the admin's.
 *
 * @param {RedisOptions} options
 * @returns {Promise<Server>}
 */
export function startRedis(options) {
  const credentials = loadCredentials(options.dir);
  return start('redis', options, {
    files: configuration,
    adminPassword: credentials.redisAdminPassword,
    passwords: {
      REDIS_ADMIN_PASSWORD: credentials.redisAdminPassword,
      REDIS_KEY_MANAGEMENT_PASSWORD: credentials.redisKeyManagementPassword,
      REDIS_VERIFICATION_PASSWORD: credentials.redisVerificationPassword,
    },
  });
}

/**
 * Starts the other Redis, which keeps sessions and rate limits, in the same way from `servers/redis/sessions`.
 *
 * @param {RedisOptions} options
 * @returns {Promise<Server>}
 */
export function startSessionRedis(options) {
  const credentials = loadCredentials(options.dir);
  return start('session-redis', options, {
    files: join(configuration, 'sessions'),
    adminPassword: credentials.sessionRedisAdminPassword,
    passwords: {
      SESSION_REDIS_ADMIN_PASSWORD: credentials.sessionRedisAdminPassword,
      SESSION_REDIS_GATEWAY_PASSWORD: credentials.sessionRedisGatewayPassword,
    },
  });
}

/**
 * @param {string} label
 * @param {RedisOptions} options
 * @param {{ files: string, adminPassword: string, passwords: Record<string, string> }} kind
 */
async function start(label, { dir, port, settings = {}, onProgress }, { files, adminPassword, passwords }) {
  const data = join(dir, label);
  mkdirSync(data, { recursive: true });
  const chosenPort = port ?? (await anyFreePort());
  const allSettings = {
    bind: '127.0.0.1',
    port: chosenPort,
    dir: data,
    aclfile: writeUsers(data, files, passwords),
    ...settings,
  };
  const options = Object.entries(allSettings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const login = `AUTH admin ${adminPassword}\r\nPING\r\n`;
  const url = redisUrl(chosenPort, 'admin', adminPassword);
  const server = new Server(
    { port: chosenPort, url },
    {
      label,
      command: await resolveProgram('redis-server', { onProgress }),
      args: [join(files, 'redis.conf'), ...options],
      dir,
      isReady: () => converse({ port: chosenPort, send: login, until: '+PONG' }),
    },
  );
  await server.start();
  return server;
}

/** @param {number} port @param {string} user @param {string} password */
export function redisUrl(port, user, password) {
  return `redis://${user}:${password}@127.0.0.1:${port}`;
}

/**
 * @param {string} data
 * @param {string} files
 * @param {Record<string, string>} passwords
 * @returns {string} the file
 */
function writeUsers(data, files, passwords) {
  let users = readFileSync(join(files, 'users.acl'), 'utf8');
  for (const [name, password] of Object.entries(passwords)) users = users.replaceAll(`\${${name}}`, password);
  const file = join(data, 'users.acl');
  rmSync(file, { force: true });
  writeFileSync(file, users, { mode: 0o600 });
  return file;
}
