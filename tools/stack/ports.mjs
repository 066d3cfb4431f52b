import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

// Below the range from which Linux and macOS take the ports of outgoing connections: a server that is stopped and
// started again finds its port still free.
const lowestRandomPort = 20_000;
const highestRandomPort = 29_999;
const attempts = 200;

/** @returns {Promise<number>} a free port of 127.0.0.1, different at each call */
export async function anyFreePort() {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(lowestRandomPort, highestRandomPort + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port found between ${lowestRandomPort} and ${highestRandomPort}`);
}

/**
 * @param {number} preferred
 * @param {ReadonlySet<number>} [taken] ports that are promised to somebody who does not listen yet
 * @returns {Promise<number>} `preferred`, or the next free port of 127.0.0.1 above it
 */
export async function nextFreePort(preferred, taken = new Set()) {
  for (let port = preferred; port < preferred + attempts; port++) {
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port found between ${preferred} and ${preferred + attempts - 1}`);
}

/** @param {number} port @returns {Promise<boolean>} */
async function isFree(port) {
  // A server on all addresses does not keep another one from listening on 127.0.0.1 on every system, and who
  // connects to the port could then reach either: so both must be free.
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '0.0.0.0'));
}

/** @param {number} port @param {string} host @returns {Promise<boolean>} */
function canListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
