// What goes wrong only by the worst of timing, which chance would need long for: each holds something back at the very
// moment at which a wrong way of counting would lose uses, count them twice, or claim to have counted what it has not.
import { CONSUMERS, GATEWAYS } from './ground.mjs';

/** @typedef {{ ground: import('./ground.mjs').UsageGround, tally: import('./tally.mjs').Tally, random: import('../harness/random.mjs').Random }} Stage */

/** Two flushes, at least: what is fetched now is recorded by then. */
const FLUSHED_MS = 1_500;
/** A gateway waits 2 s for an acknowledgement before it sends a batch again. */
const SENT_AGAIN_MS = 2_600;
/** Below the 4 s after which a statement is given up. */
const BEHIND_MS = 3_000;

export const AMBUSH = {
  afterCommit: 'ambush: killed between commit and acknowledgement',
  beforeCommit: 'ambush: killed before the commit',
  unheard: 'ambush: a gateway does not hear that JetStream has its batch',
  behind: 'ambush: one of two consumers is behind',
  newcomer: 'ambush: a gateway starts while one of two consumers is behind',
  leaving: 'ambush: a gateway is told to stop while it is called',
};

/** @type {readonly import('../harness/injector.mjs').Ambush<Stage>[]} */
export const AMBUSHES = [
  { kind: AMBUSH.afterCommit, strike: killAfterCommit },
  { kind: AMBUSH.beforeCommit, strike: killBeforeCommit },
  { kind: AMBUSH.unheard, strike: leaveUnheard },
  { kind: AMBUSH.behind, strike: leaveBehind },
  { kind: AMBUSH.newcomer, strike: welcomeNewcomer },
  { kind: AMBUSH.leaving, strike: stopGateways },
];

/** @param {Stage} stage */
async function killAfterCommit({ ground, tally, random }) {
  const label = random.pick(CONSUMERS);
  const link = ground.links.nats[label];
  // What it says to JetStream stays on the way, and what it says to PostgreSQL does not.
  link.holdQuestions();
  await ground.pause(FLUSHED_MS);
  await ground.service(label).kill('SIGKILL');
  tally.kills += 1;
  link.heal();
  await ground.service(label).start();
}

/** @param {Stage} stage */
async function killBeforeCommit({ ground, tally, random }) {
  const label = random.pick(CONSUMERS);
  const link = ground.links.postgres[label];
  link.stall();
  await ground.pause(FLUSHED_MS);
  await ground.service(label).kill('SIGKILL');
  tally.kills += 1;
  link.heal();
  await ground.service(label).start();
}

/** @param {Stage} stage */
async function leaveUnheard({ ground, random }) {
  const link = ground.links.nats[random.pick(GATEWAYS)];
  link.holdAnswers();
  await ground.pause(SENT_AGAIN_MS);
  link.heal();
}

/** @param {Stage} stage */
async function leaveBehind({ ground, random }) {
  const link = ground.links.postgres[random.pick(CONSUMERS)];
  link.stall();
  await ground.pause(BEHIND_MS);
  link.heal();
}

/** On a platform that works: nothing slows its end down, in which it could send what it has by itself. @param {Stage} stage */
async function stopGateways({ ground, tally }) {
  for (const gateway of GATEWAYS) {
    await ground.service(gateway).stop();
    tally.kills += 1;
    await ground.startGateway(gateway);
  }
}

/** Its first word may be among what that consumer has fetched, while others' later words are recorded. @param {Stage} stage */
async function welcomeNewcomer({ ground, tally, random }) {
  const gateway = random.pick(GATEWAYS);
  const consumer = random.pick(CONSUMERS);
  await ground.service(gateway).stop();
  tally.kills += 1;
  await ground.service(consumer).kill('SIGSTOP');
  try {
    await ground.startGateway(gateway);
    await ground.pause(BEHIND_MS);
  } finally {
    await ground.service(consumer).kill('SIGCONT');
  }
}
