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
 * Starts Redis on 127.0.0.1 with the configuration and the users of `servers/redis`; the `url` is the admin's.
 *
 * @param {object} options
 * @param {string} options.dir
 * @param {number} [options.port]
 * @param {Record<string, string | number>} [options.settings] of redis.conf
 * @param {(message: string) => void} [options.onProgress]
 * @returns {Promise<Server>}
 */
export async function startRedis({ dir, port, settings = {}, onProgress }) {
  const credentials = loadCredentials(dir);
  const data = join(dir, 'redis');
  mkdirSync(data, { recursive: true });
  const chosenPort = port ?? (await anyFreePort());
  const allSettings = {
    bind: '127.0.0.1',
    port: chosenPort,
    dir: data,
    aclfile: writeUsers(data, credentials),
    ...settings,
  };
  const options = Object.entries(allSettings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const login = `AUTH admin ${credentials.redisAdminPassword}\r\nPING\r\n`;
  const url = redisUrl(chosenPort, 'admin', credentials.redisAdminPassword);
  const server = new Server(
    { port: chosenPort, url },
    {
      label: 'redis',
      command: await resolveProgram('redis-server', { onProgress }),
      args: [join(configuration, 'redis.conf'), ...options],
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

/** @param {string} data @param {import('./credentials.mjs').Credentials} credentials @returns {string} the file */
function writeUsers(data, credentials) {
  const passwords = {
    REDIS_ADMIN_PASSWORD: credentials.redisAdminPassword,
    REDIS_KEY_MANAGEMENT_PASSWORD: credentials.redisKeyManagementPassword,
    REDIS_VERIFICATION_PASSWORD: credentials.redisVerificationPassword,
  };
  let users = readFileSync(join(configuration, 'users.acl'), 'utf8');
  for (const [name, password] of Object.entries(passwords)) users = users.replaceAll(`\${${name}}`, password);
  const file = join(data, 'users.acl');
  rmSync(file, { force: true });
  writeFileSync(file, users, { mode: 0o600 });
  return file;
}
