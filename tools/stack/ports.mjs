import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

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
 * Chooses for each name the port it had the last time, or the preferred one at first, or the next free one above.
 *
 * @param {string} file where the choice is remembered
 * @param {(name: string) => number} preferredPort
 * @returns {(name: string) => Promise<number>}
 */
export function rememberedPorts(file, preferredPort) {
  const remembered = readRemembered(file);
  /** @type {Set<number>} */
  const promised = new Set();
  return async (name) => {
    const port = await nextFreePort(remembered[name] ?? preferredPort(name), promised);
    promised.add(port);
    remembered[name] = port;
    writeFileSync(file, `${JSON.stringify(remembered, null, 2)}\n`);
    return port;
  };
}

/** @param {string} file @returns {Record<string, number>} */
function readRemembered(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

/** @param {number} lowest @param {ReadonlySet<number>} promised to somebody who does not listen yet */
async function nextFreePort(lowest, promised) {
  for (let port = lowest; port < lowest + attempts; port++) {
    if (!promised.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port found from ${lowest} to ${lowest + attempts - 1}`);
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
