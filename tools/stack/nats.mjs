import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadCredentials } from './credentials.mjs';
import { repositoryDirectory } from './paths.mjs';
import { anyFreePort } from './ports.mjs';
import { resolveProgram } from './programs.mjs';
import { Server } from './server.mjs';
import { converse } from './tcp.mjs';

const configuration = join(repositoryDirectory, 'servers', 'nats', 'nats.conf');

/**
 * Starts NATS with JetStream on 127.0.0.1 with the configuration and the users of `servers/nats`; the `url` is the
 * observer's.
 *
 * @param {object} options
 * @param {string} options.dir
 * @param {number} [options.port]
 * @param {(message: string) => void} [options.onProgress]
 * @returns {Promise<Server>}
 */
export async function startNats({ dir, port, onProgress }) {
  const credentials = loadCredentials(dir);
  const data = join(dir, 'nats');
  mkdirSync(data, { recursive: true });
  const chosenPort = port ?? (await anyFreePort());
  const url = natsUrl(chosenPort, 'observer', credentials.natsObserverPassword);
  const server = new Server(
    { port: chosenPort, url },
    {
      label: 'nats',
      command: await resolveProgram('nats-server', { onProgress }),
      args: [
        '--config',
        configuration,
        '--addr',
        '127.0.0.1',
        '--port',
        String(chosenPort),
        '--store_dir',
        data,
      ],
      env: {
        NATS_GATEWAY_PASSWORD: credentials.natsGatewayPassword,
        NATS_KEY_MANAGEMENT_PASSWORD: credentials.natsKeyManagementPassword,
        NATS_VERIFICATION_PASSWORD: credentials.natsVerificationPassword,
        NATS_USAGE_TRACKING_PASSWORD: credentials.natsUsageTrackingPassword,
        NATS_OBSERVER_PASSWORD: credentials.natsObserverPassword,
      },
      dir,
      isReady: () => converse({ port: chosenPort, until: '"jetstream":true' }),
    },
  );
  await server.start();
  return server;
}

/** @param {number} port @param {string} user @param {string} password */
export function natsUrl(port, user, password) {
  return `nats://${user}:${password}@127.0.0.1:${port}`;
}
