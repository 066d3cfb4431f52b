// What can go wrong by chance where uses travel: gateways, the bus, those who record, PostgreSQL.
import { setTimeout as delay } from 'node:timers/promises';
import {
  killService,
  pauseService,
  restartNats,
  restartService,
  SHORTEST_MS,
  stopPostgres,
  toText,
} from '../harness/process-faults.mjs';
import { CONSUMERS, GATEWAYS } from './ground.mjs';

/** @typedef {import('../harness/random.mjs').Random} Random */
/** @typedef {import('./ambushes.mjs').Stage} Stage */
/** @typedef {import('../harness/injector.mjs').Fault<Stage>} Fault */

/** Longer than the 5 s after which JetStream gives what was fetched to somebody else. */
const LONGEST_MS = 8_000;
/** One gateway is always there, so that somebody is always counting. */
const ONE_GATEWAY = 'a gateway';
/** JetStream answers: what the gateway holds is at most 100 ms old. */
const FRESH_MS = 60;
const FRESH_WITHIN_MS = 10_000;
/** Long enough to tell a gateway that sends ten batches a second from one that sends one. */
const LONGEST_PHASE_MS = 1_000;

/** In which nothing may be missing in the end. @type {readonly ((random: Random) => Fault)[]} */
export const FAULTS_WITHOUT_LOSS = [
  restartGateway,
  restartGateway,
  (random) => killed(killService('usage-tracking', random)),
  (random) => killed(killService('usage-tracking', random)),
  (random) => killed(restartService('usage-tracking', random)),
  (random) => pauseService('usage-tracking', random, LONGEST_MS),
  killAllConsumers,
  restartBus,
  pauseNats,
  (random) => breakLink('nats', random.pick(GATEWAYS), random),
  (random) => breakLink('nats', random.pick(CONSUMERS), random),
  (random) => killed(stopPostgres(random)),
  (random) => breakLink('postgres', random.pick(CONSUMERS), random),
];

/** The same, and as often a gateway is killed with -9. */
export const FAULTS_WITH_LOSS = FAULTS_WITHOUT_LOSS.flatMap((fault) => [fault, killGateway]);

/** In good order: it sends what it has, and says goodbye. @param {Random} random @returns {Fault} */
function restartGateway(random) {
  const label = random.pick(GATEWAYS);
  return {
    kind: 'SIGTERM of a gateway',
    what: `SIGTERM ${label}, and start it`,
    touches: [label, ONE_GATEWAY],
    strike: async ({ ground, tally }) => {
      tally.kills += 1;
      await ground.service(label).stop();
      await ground.startGateway(label);
    },
  };
}

/** While JetStream takes what is sent: how much a gateway may lose while it does not is another promise. @param {Random} random @returns {Fault} */
function killGateway(random) {
  const label = random.pick(GATEWAYS);
  const phaseMs = random.between(0, LONGEST_PHASE_MS);
  const deadMs = random.magnitude(SHORTEST_MS, 800);
  return {
    kind: 'kill -9 of a gateway',
    what: `kill -9 ${label}, start it after ${toText(deadMs)}`,
    touches: [label, ONE_GATEWAY, 'nats', `nats of ${label}`],
    strike: async ({ ground, tally }) => {
      const process = ground.processOf(label);
      if (!(await isAcknowledged(process))) return;
      await delay(phaseMs);
      const killedAtMs = Date.now();
      await ground.service(label).kill('SIGKILL');
      tally.kills += 1;
      // An acknowledgement that was on its way is still worth knowing.
      await delay(SHORTEST_MS);
      tally.countLoss(label, process.isKilled(killedAtMs));
      await ground.pause(deadMs);
      await ground.startGateway(label);
    },
  };
}

/** Waits until JetStream has just acknowledged a batch. @param {import('./gateway-process.mjs').GatewayProcess} process */
async function isAcknowledged(process) {
  const deadline = performance.now() + FRESH_WITHIN_MS;
  while (performance.now() < deadline) {
    if (Date.now() - process.safeSinceMs < FRESH_MS) return true;
    await delay(5);
  }
  return false;
}

/** Nobody records for a while. @param {Random} random @returns {Fault} */
function killAllConsumers(random) {
  const deadMs = random.magnitude(SHORTEST_MS, 5_000);
  return {
    kind: 'kill -9 of all of usage-tracking',
    what: `kill -9 ${CONSUMERS.join(', ')}, start them after ${toText(deadMs)}`,
    touches: CONSUMERS,
    strike: async ({ ground, tally }) => {
      await Promise.all(CONSUMERS.map((label) => ground.service(label).kill('SIGKILL')));
      tally.kills += CONSUMERS.length;
      await ground.pause(deadMs);
      await Promise.all(CONSUMERS.map((label) => ground.service(label).start()));
    },
  };
}

/** @param {Random} random @returns {Fault} */
function restartBus(random) {
  const fault = killed(restartNats(random));
  return { ...fault, touches: [...fault.touches, ...GATEWAYS.map((label) => `nats of ${label}`)] };
}

/** @param {Random} random @returns {Fault} */
function pauseNats(random) {
  const pausedMs = random.magnitude(SHORTEST_MS, LONGEST_MS);
  return {
    kind: 'SIGSTOP of NATS',
    what: `SIGSTOP nats for ${toText(pausedMs)}`,
    touches: ['nats', ...GATEWAYS.map((label) => `nats of ${label}`)],
    strike: async ({ ground }) => {
      await ground.server('nats').kill('SIGSTOP');
      await ground.pause(pausedMs);
      await ground.server('nats').kill('SIGCONT');
    },
  };
}

/**
 * One client cannot reach a store, or does not hear it, while the others can.
 *
 * @param {'nats' | 'postgres'} store
 * @param {import('./ground.mjs').GatewayLabel | import('./ground.mjs').ConsumerLabel} label
 * @param {Random} random
 * @returns {Fault}
 */
function breakLink(store, label, random) {
  const how = random.pick(/** @type {const} */ (['cut', 'stall', 'reset', 'holdAnswers', 'holdQuestions']));
  const brokenMs = random.magnitude(SHORTEST_MS, LONGEST_MS);
  const service = label.slice(0, -2);
  return {
    kind: `${store} broken for one ${service}`,
    what: `${how} ${store} for ${label}, ${toText(brokenMs)}`,
    touches: [`${store} of ${label}`],
    strike: async ({ ground }) => {
      const link = ground.linkOf(store, label);
      link[how]();
      await ground.pause(brokenMs);
      link.heal();
    },
  };
}

/** @param {import('../harness/process-faults.mjs').Fault} fault @returns {Fault} */
function killed(fault) {
  return {
    ...fault,
    strike: async (stage) => {
      stage.tally.kills += 1;
      await fault.strike(stage);
    },
  };
}
