import { setTimeout as delay } from 'node:timers/promises';
import { Injector } from '../harness/injector.mjs';
import { Random } from '../harness/random.mjs';
import { AMBUSHES } from './ambushes.mjs';
import { Auditor } from './auditor.mjs';
import { Callers } from './callers.mjs';
import { FAULTS_WITH_LOSS, FAULTS_WITHOUT_LOSS } from './faults.mjs';
import { prepareGround } from './ground.mjs';
import { Keys } from './keys.mjs';
import { Tally } from './tally.mjs';

/** JetStream gives what was fetched to somebody else after 5 s: what is counted twice may be counted so late. */
const AFTERMATH_MS = 7_000;
const PROGRESS_EVERY_MS = 250;
const PHASES = [
  { faults: FAULTS_WITHOUT_LOSS, ambushes: AMBUSHES },
  { faults: FAULTS_WITH_LOSS, ambushes: [] },
];

/** @typedef {import('../harness/command.mjs').ProofOptions} ProofOptions */
/** @typedef {import('./ground.mjs').UsageGround} UsageGround */

/**
 * First without, then with `kill -9` of gateways: only those may cost uses, and for a minute after one `asOf` waits for
 * a gateway that will not come back.
 *
 * @param {ProofOptions} options
 * @returns {Promise<{ tally: Tally, witness: import('./witness.mjs').Witness, elapsedMs: number }>}
 */
export async function prove({ dir, distDirectory, seed, onStep, ...options }) {
  const ground = await prepareGround({
    dir,
    distDirectory,
    ...(onStep === undefined ? {} : { onProgress: onStep }),
  });
  const tally = new Tally();
  const keys = new Keys(ground, new Random(seed, 'keys'));
  const callers = new Callers(ground, keys, new Random(seed, 'callers'), tally);
  const auditor = new Auditor(ground, keys, tally);
  try {
    await keys.begin();
    for (const [i, { id }] of keys.marks.entries()) {
      const label = i === 0 ? 'gateway-1' : 'gateway-2';
      ground.witness.mark(id, () => ground.processOf(label));
    }
    auditor.begin();
    callers.begin();
    const startedAtMs = performance.now();
    // Ambushes are of the first phase: where one is to come often, there is no other.
    const phases = options.favouriteFault === undefined ? PHASES : PHASES.slice(0, 1);
    for (const [i, phase] of phases.entries()) {
      const endsAtMs = startedAtMs + ((i + 1) / phases.length) * options.minutes * 60_000;
      await breakThings(ground, tally, { ...options, ...phase, startedAtMs, endsAtMs, seed: seed + i });
    }
    await keys.end();
    await callers.end();
    const elapsedMs = performance.now() - startedAtMs;
    if (tally.violations.length > 0) return { tally, witness: ground.witness, elapsedMs };
    onStep?.('waiting until everything is recorded');
    if (await auditor.untilNothingIsMissing()) await delay(AFTERMATH_MS);
    await auditor.compare();
    return { tally, witness: ground.witness, elapsedMs };
  } finally {
    ground.hurry();
    await Promise.all([keys.end(), callers.end(), auditor.end()]);
    await ground.stop();
  }
}

/**
 * @param {UsageGround} ground
 * @param {Tally} tally
 * @param {Pick<ProofOptions, 'faultsPerMinute' | 'favouriteFault' | 'stopsAtViolation' | 'onProgress'>
 *   & typeof PHASES[number] & { seed: number, startedAtMs: number, endsAtMs: number }} options
 */
async function breakThings(ground, tally, { faults, ambushes, seed, startedAtMs, endsAtMs, ...options }) {
  const { faultsPerMinute, favouriteFault: favourite, stopsAtViolation, onProgress } = options;
  const random = new Random(seed, 'faults');
  const injector = new Injector({
    stage: { ground, tally, random },
    faults,
    ambushes,
    random,
    faultsPerMinute,
    onFault: (kind, what) => tally.countFault(kind, what),
    ...(favourite ? { favourite } : {}),
  });
  const stop = new AbortController();
  const injecting = injector.run(stop.signal);
  injecting.catch(() => stop.abort());
  const isOver = () => stop.signal.aborted || (stopsAtViolation && tally.violations.length > 0);
  while (performance.now() < endsAtMs && !isOver()) {
    await delay(PROGRESS_EVERY_MS);
    const elapsedMs = performance.now() - startedAtMs;
    onProgress?.({ figures: tally.figures, elapsedMs, present: injector.present });
  }
  stop.abort();
  await injecting;
}
