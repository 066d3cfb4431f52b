// Faults that every proof has: processes that are killed, paused and restarted, stores that go and come back.
import { until } from '../../tools/stack/wait.mjs';

/** @typedef {import('./ground.mjs').Ground} Ground */
/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {import('./injector.mjs').Fault<{ ground: Ground }>} Fault */

export const SHORTEST_MS = 100;
export const LONGEST_MS = 15_000;
const REPLICAS = [1, 2];
const STOP_TIMEOUT_MS = 20_000;

/** @param {string} service @param {Random} random @returns {Fault} */
export function killService(service, random) {
  const label = `${service}-${random.pick(REPLICAS)}`;
  const deadMs = random.magnitude(SHORTEST_MS, 3_000);
  return {
    kind: `kill -9 of ${service}`,
    what: `kill -9 ${label}, start it after ${toText(deadMs)}`,
    touches: [label],
    strike: async ({ ground }) => {
      await ground.service(label).kill('SIGKILL');
      await ground.pause(deadMs);
      await ground.service(label).start();
    },
  };
}

/** @param {string} service @param {Random} random @param {number} [longestMs] @returns {Fault} */
export function pauseService(service, random, longestMs = LONGEST_MS) {
  const label = `${service}-${random.pick(REPLICAS)}`;
  const pausedMs = random.magnitude(SHORTEST_MS, longestMs);
  return {
    kind: `SIGSTOP of ${service}`,
    what: `SIGSTOP ${label} for ${toText(pausedMs)}`,
    touches: [label],
    strike: async ({ ground }) => {
      await ground.service(label).kill('SIGSTOP');
      await ground.pause(pausedMs);
      await ground.service(label).kill('SIGCONT');
    },
  };
}

/** @param {string} service @param {Random} random @returns {Fault} */
export function restartService(service, random) {
  const label = `${service}-${random.pick(REPLICAS)}`;
  return {
    kind: `restart of ${service}`,
    what: `restart ${label}`,
    touches: [label],
    strike: async ({ ground }) => {
      await ground.service(label).stop();
      await ground.service(label).start();
    },
  };
}

/** @param {Random} random @returns {Fault} */
export function stopPostgres(random) {
  const downMs = random.magnitude(SHORTEST_MS, 4_000);
  return {
    kind: 'immediate stop of PostgreSQL',
    what: `immediate stop of postgres, start after ${toText(downMs)}`,
    touches: ['postgres'],
    strike: async ({ ground }) => {
      const postgres = ground.server('postgres');
      // "Immediate" in the words of PostgreSQL: no checkpoint, recovery from the log at the next start.
      await postgres.kill('SIGQUIT');
      await until('postgres to end', () => !postgres.isRunning, { timeoutMs: STOP_TIMEOUT_MS });
      await ground.pause(downMs);
      await postgres.start();
    },
  };
}

/** @param {Random} random @returns {Fault} */
export function restartNats(random) {
  const downMs = random.magnitude(SHORTEST_MS, 3_000);
  return {
    kind: 'NATS restarted',
    what: `kill -9 nats, start it after ${toText(downMs)}`,
    touches: ['nats'],
    strike: async ({ ground }) => {
      await ground.server('nats').kill('SIGKILL');
      await ground.pause(downMs);
      await ground.server('nats').start();
    },
  };
}

/** @param {number} ms */
export function toText(ms) {
  return `${(ms / 1_000).toFixed(1)} s`;
}
