// What can go wrong by chance.
import { rmSync } from 'node:fs';
import {
  killService,
  LONGEST_MS,
  pauseService,
  restartNats,
  restartService,
  SHORTEST_MS,
  stopPostgres,
  toText,
} from '../harness/process-faults.mjs';
import { Random } from '../harness/random.mjs';

/** @typedef {import('../harness/injector.mjs').Fault<import('./ambushes.mjs').Stage>} Fault */

const SERVICES = ['gateway', 'verification', 'key-management', 'usage-tracking'];

/** @type {readonly ((random: Random) => Fault)[]} */
export const FAULTS = [
  ...SERVICES.flatMap((service) => [
    (/** @type {Random} */ random) => killService(service, random),
    (/** @type {Random} */ random) => pauseService(service, random),
    (/** @type {Random} */ random) => restartService(service, random),
  ]),
  (random) => pauseStore('redis', random),
  restartRedisEmpty,
  restartRedisOlder,
  restartRedisOlder,
  breakRedisLinks,
  breakRedisLinks,
  breakRedisLinks,
  (random) => slowAnswers('redis', random),
  (random) => slowAnswers('postgres', random),
  (random) => slowAnswers('postgres', random),
  breakPostgresLinks,
  stopPostgres,
  restartNats,
];

/** @param {'redis'} store @param {Random} random @returns {Fault} */
function pauseStore(store, random) {
  const pausedMs = random.magnitude(SHORTEST_MS, LONGEST_MS);
  return {
    kind: `SIGSTOP of ${store}`,
    what: `SIGSTOP ${store} for ${toText(pausedMs)}`,
    touches: [store],
    strike: async ({ ground }) => {
      await ground.server(store).kill('SIGSTOP');
      await ground.pause(pausedMs);
      await ground.server(store).kill('SIGCONT');
    },
  };
}

/** @returns {Fault} */
function restartRedisEmpty() {
  return {
    kind: 'Redis restarted empty',
    what: 'kill -9 redis, start it empty',
    touches: ['redis'],
    strike: ({ ground }) => ground.restartRedis('empty'),
  };
}

/** @param {Random} random @returns {Fault} */
function restartRedisOlder(random) {
  // Less than L, or all that comes back has expired.
  const ageMs = random.magnitude(SHORTEST_MS, 5_000);
  return {
    kind: 'Redis restarted with older content',
    what: `snapshot of redis, kill -9 after ${toText(ageMs)}, start with the snapshot`,
    touches: ['redis'],
    strike: async ({ ground }) => {
      await ground.takeSnapshot();
      await ground.pause(ageMs);
      await ground.restartRedis('older content');
      rmSync(ground.snapshotFile, { force: true });
    },
  };
}

/** Some of its clients cannot reach Redis, or not in time; the others can. @param {Random} random @returns {Fault} */
function breakRedisLinks(random) {
  const labels = random.some(
    /** @type {const} */ (['verification-1', 'verification-2', 'key-management-1', 'key-management-2']),
  );
  const how = random.pick(/** @type {const} */ (['cut', 'cut', 'stall', 'reset']));
  const brokenMs = random.magnitude(1_000, LONGEST_MS);
  return {
    kind: `Redis ${how} for some clients`,
    what: `${how} redis for ${labels.join(', ')}, ${toText(brokenMs)}`,
    touches: labels.map((label) => `redis of ${label}`),
    strike: async ({ ground }) => {
      for (const label of labels) ground.links.redis[label][how]();
      await ground.pause(brokenMs);
      for (const label of labels) ground.links.redis[label].heal();
    },
  };
}

/** Each answer takes its own time, so that what was read overtakes what has been written since. @param {'redis' | 'postgres'} store @param {Random} random @returns {Fault} */
function slowAnswers(store, random) {
  const labels = random.some(/** @type {const} */ (['verification-1', 'verification-2']));
  // Around the time after which a verifier gives up: 50 ms for Redis, 700 ms for PostgreSQL.
  const slowestMs = store === 'redis' ? 60 : 750;
  const slowForMs = random.magnitude(1_000, 6_000);
  // Its own, because how often it is asked depends on the traffic, and the next faults must not.
  const chances = new Random(random.between(0, 2 ** 32), 'answers');
  return {
    kind: `slow answers of ${store}`,
    what: `answers of ${store} to ${labels.join(', ')} up to ${toText(slowestMs)} late, ${toText(slowForMs)}`,
    touches: labels.map((label) => `${store} of ${label}`),
    strike: async ({ ground }) => {
      const answers = () => (chances.chance(0.3) ? chances.between(0, slowestMs) : 0);
      for (const label of labels) ground.links[store][label].delay({ answers });
      await ground.pause(slowForMs);
      for (const label of labels) ground.links[store][label].heal();
    },
  };
}

/** @param {Random} random @returns {Fault} */
function breakPostgresLinks(random) {
  const label = random.pick(
    /** @type {const} */ (['verification-1', 'verification-2', 'key-management-1', 'key-management-2']),
  );
  const how = random.pick(/** @type {const} */ (['cut', 'stall', 'reset']));
  const brokenMs = random.magnitude(SHORTEST_MS, 6_000);
  return {
    kind: `PostgreSQL ${how} for one client`,
    what: `${how} postgres for ${label}, ${toText(brokenMs)}`,
    touches: [`postgres of ${label}`],
    strike: async ({ ground }) => {
      ground.links.postgres[label][how]();
      await ground.pause(brokenMs);
      ground.links.postgres[label].heal();
    },
  };
}
