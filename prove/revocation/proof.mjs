import { setTimeout as delay } from 'node:timers/promises';
import { Injector } from '../harness/injector.mjs';
import { Random } from '../harness/random.mjs';
import { AMBUSHES } from './ambushes.mjs';
import { Crowd } from './crowd.mjs';
import { FAULTS } from './faults.mjs';
import { prepareGround } from './ground.mjs';
import { Population } from './population.mjs';
import { Tally } from './tally.mjs';

/** After the last fault: what was deleted during it must stay refused once everything works again. */
const AFTERMATH_MS = 3_000;
const PROGRESS_EVERY_MS = 250;

/**
 * @param {import('../harness/command.mjs').ProofOptions} options
 * @returns {Promise<{ tally: Tally, elapsedMs: number }>} elapsed: until the end, or the first violation
 */
export async function prove({ dir, distDirectory, seed, minutes, onStep, onProgress, ...options }) {
  const ground = await prepareGround({
    dir,
    distDirectory,
    ...(onStep === undefined ? {} : { onProgress: onStep }),
  });
  const tally = new Tally();
  const population = new Population(new Random(seed, 'keys'), tally);
  const crowd = new Crowd(ground.doors, population, new Random(seed, 'crowd'), tally);
  const random = new Random(seed, 'faults');
  const { faultsPerMinute, favouriteFault: favourite, stopsAtViolation } = options;
  const injector = new Injector({
    stage: { ground, crowd },
    faults: FAULTS,
    ambushes: AMBUSHES,
    random,
    faultsPerMinute,
    onFault: (kind) => tally.countFault(kind),
    ...(favourite ? { favourite } : {}),
  });
  const stop = new AbortController();
  let injecting = Promise.resolve();
  try {
    await crowd.gather();
    const startedAtMs = performance.now();
    const isOver = () => stop.signal.aborted || (stopsAtViolation && tally.violations.length > 0);
    injecting = injector.run(stop.signal);
    injecting.catch(() => stop.abort());
    for (
      let elapsedMs = 0;
      elapsedMs < minutes * 60_000 && !isOver();
      elapsedMs = performance.now() - startedAtMs
    ) {
      await delay(PROGRESS_EVERY_MS);
      onProgress?.({ figures: tally.figures, elapsedMs, present: injector.present });
    }
    const elapsedMs = performance.now() - startedAtMs;
    if (isOver()) return { tally, elapsedMs };
    onStep?.('repairing everything, and calling on');
    stop.abort();
    ground.hurry();
    await injecting;
    await crowd.finishDeletions();
    await delay(AFTERMATH_MS);
    return { tally, elapsedMs };
  } finally {
    stop.abort();
    ground.hurry();
    // A fault that could still start something would leave it behind. Whether it succeeds no longer matters here.
    await injecting.catch(() => undefined);
    const leaving = crowd.leave();
    await ground.stop();
    await leaving;
  }
}
