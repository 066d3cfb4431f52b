import { join } from 'node:path';
import { ManagedProcess } from '../../tools/stack/managed-process.mjs';
import { anyFreePort } from '../../tools/stack/ports.mjs';
import { converse } from '../../tools/stack/tcp.mjs';

/**
 * Starts a server that we compare ourselves with, in a process of its own.
 *
 * @param {string} name of a file in baselines/, which listens on 127.0.0.1 and the port in PORT
 * @param {string} dir for its log
 */
export async function startBaseline(name, dir) {
  const port = await anyFreePort();
  const baseline = new ManagedProcess({
    label: name,
    dir,
    command: process.execPath,
    args: [join(import.meta.dirname, '..', 'baselines', `${name}.mjs`)],
    env: { PORT: String(port) },
    isReady: () => converse({ port, send: 'GET / HTTP/1.0\r\n\r\n', until: ' 200 OK' }),
  });
  await baseline.start();
  return { url: `http://127.0.0.1:${port}/`, pid: baseline.pid, stop: () => baseline.stop() };
}
