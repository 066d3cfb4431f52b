import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

// Below the range from which Linux and macOS take the ports of outgoing connections: a server that is stopped and
// started again finds its port still free.
const firstPort = 20_000;
const portsPerBlock = 40;
const blocks = 250;
const attempts = 200;

/** What is left of the block of ports that this process has to itself. @type {number[]} */
let reserved = [];
/** @type {Promise<unknown>} */
let lastChoice = Promise.resolve();

/**
 * Between the choice of a port and its use a second passes, in which other tests choose theirs: so no two processes
 * choose from the same ports.
 *
 * @returns {Promise<number>} a free port of 127.0.0.1, different at each call
 */
export function anyFreePort() {
  const choice = lastChoice.then(chooseReserved);
  lastChoice = choice.catch(() => undefined);
  return choice;
}

async function chooseReserved() {
  for (;;) {
    const port = reserved.shift();
    if (port === undefined) reserved = await reserveBlock();
    else if (await isFree(port)) return port;
  }
}

/** Whoever listens on the first port of a block owns the others, until the process ends. */
async function reserveBlock() {
  const start = randomInt(blocks);
  for (let index = 0; index < blocks; index++) {
    const first = firstPort + ((start + index) % blocks) * portsPerBlock;
    const server = await listen(first, '127.0.0.1');
    server?.unref();
    if (server) return Array.from({ length: portsPerBlock - 1 }, (_, offset) => first + 1 + offset);
  }
  throw new Error(`no free port found from ${firstPort} to ${firstPort + blocks * portsPerBlock - 1}`);
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
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    const server = await listen(port, host);
    if (!server) return false;
    await new Promise((resolve) => server.close(resolve));
  }
  return true;
}

/** @param {number} port @param {string} host @returns {Promise<import('node:net').Server | undefined>} */
function listen(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}
