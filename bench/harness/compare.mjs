// One scenario: the same load on two sides, again and again in turn, so that whatever else the machine does meets both.
import { generateLoad } from './load.mjs';
import { usageOf } from './processes.mjs';
import { median } from './statistics.mjs';

/** @typedef {import('./processes.mjs').NamedProcess} NamedProcess */

/**
 * @typedef {object} Side
 * @property {string} name
 * @property {string} url
 * @property {Record<string, string>} [headers]
 * @property {NamedProcess[]} processes  all that do work for its answers
 */

/**
 * @typedef {object} Measurement
 * @property {import('./load.mjs').LoadResult} load
 * @property {Record<string, number>} cpuSeconds  by process
 * @property {Record<string, number>} memoryMb    by process, at the end
 */

/**
 * @typedef {object} SideResult
 * @property {string} name
 * @property {number} requests            all that were ever answered, the warm-up included
 * @property {number} mostUnderWay        requests that may have been answered after the end of a measurement
 * @property {number} requestsPerSecond   like all that follows a median
 * @property {number} p50Ms
 * @property {number} p99Ms
 * @property {number} cpuMsPer1000        processor time of all processes for 1,000 requests
 * @property {Record<string, { cpuMsPer1000: number, memoryMb: number }>} processes
 * @property {number} generatorLoad       processor time of the load generator, as a share of one processor
 * @property {Measurement[]} measurements
 */

/**
 * @typedef {object} Comparison
 * @property {SideResult} subject
 * @property {SideResult} baseline
 * @property {number} ratio     of the requests per second: the median of `ratios`
 * @property {number[]} ratios  each of a measurement and its neighbour
 * @property {number} cpuRatio  of the processor time of all processes, per request
 */

const inTurn = /** @type {const} */ (['subject', 'baseline']);

/**
 * @param {{ subject: Side, baseline: Side }} sides
 * @param {{ repeats: number, seconds: number, warmUpSeconds: number, concurrency: number,
 *   onProgress: (message: string) => void, onWarm: () => void, signal: AbortSignal }} options
 * @returns {Promise<Comparison>}
 */
export async function compare({ subject, baseline }, options) {
  const { repeats, seconds, warmUpSeconds, onProgress, onWarm } = options;
  const warmUps = {
    subject: await measure(subject, { ...options, seconds: warmUpSeconds }),
    baseline: await measure(baseline, { ...options, seconds: warmUpSeconds }),
  };
  onWarm();
  /** @type {Record<'subject' | 'baseline', Measurement[]>} */
  const measured = { subject: [], baseline: [] };
  for (let repeat = 1; repeat <= repeats; repeat++) {
    // The side that comes second is not always the same one.
    const order = repeat % 2 === 0 ? inTurn : inTurn.toReversed();
    for (const side of order) {
      measured[side].push(await measure(side === 'subject' ? subject : baseline, { ...options, seconds }));
    }
    onProgress(`${repeat} of ${repeats}: ratio ${ratioAt(measured, repeat - 1).toFixed(2)}`);
  }
  const ratios = measured.subject.map((_, index) => ratioAt(measured, index));
  const result = {
    subject: summarize(subject, [warmUps.subject, ...measured.subject], options),
    baseline: summarize(baseline, [warmUps.baseline, ...measured.baseline], options),
  };
  const cpuRatio = result.subject.cpuMsPer1000 / result.baseline.cpuMsPer1000;
  return { ...result, ratio: median(ratios), ratios, cpuRatio };
}

/** @param {Record<'subject' | 'baseline', Measurement[]>} measured @param {number} index */
function ratioAt({ subject, baseline }, index) {
  return rateOf(subject[index]) / rateOf(baseline[index]);
}

/** @param {Measurement | undefined} measurement */
function rateOf(measurement) {
  return measurement?.load.requestsPerSecond ?? Number.NaN;
}

/**
 * @param {Side} side
 * @param {{ seconds: number, concurrency: number, signal: AbortSignal }} options
 * @returns {Promise<Measurement>}
 */
async function measure({ url, headers = {}, processes }, { seconds, concurrency, signal }) {
  const before = processes.map(usageOf);
  const load = await generateLoad({ url, headers, seconds, concurrency, signal });
  const after = processes.map(usageOf);
  /** @type {Measurement} */
  const measurement = { load, cpuSeconds: {}, memoryMb: {} };
  for (const [index, { name }] of processes.entries()) {
    const used = (after[index]?.cpuSeconds ?? 0) - (before[index]?.cpuSeconds ?? 0);
    measurement.cpuSeconds[name] = used;
    measurement.memoryMb[name] = after[index]?.memoryMb ?? 0;
  }
  return measurement;
}

/**
 * @param {Side} side
 * @param {Measurement[]} loads the warm-up first
 * @param {{ concurrency: number }} options
 * @returns {SideResult}
 */
function summarize({ name, processes }, loads, { concurrency }) {
  const measurements = loads.slice(1);
  const medianOf = (/** @type {(measurement: Measurement) => number} */ figure) =>
    median(measurements.map(figure));
  const cpuMsPer1000 = (/** @type {Measurement} */ { cpuSeconds, load }, /** @type {string} */ process) =>
    ((cpuSeconds[process] ?? 0) * 1e6) / load.requests;
  return {
    name,
    requests: loads.reduce((sum, { load }) => sum + load.requests, 0),
    mostUnderWay: loads.length * concurrency,
    requestsPerSecond: medianOf(({ load }) => load.requestsPerSecond),
    p50Ms: medianOf(({ load }) => load.latencyMs.p50),
    p99Ms: medianOf(({ load }) => load.latencyMs.p99),
    cpuMsPer1000: medianOf((measurement) =>
      processes.reduce((sum, process) => sum + cpuMsPer1000(measurement, process.name), 0),
    ),
    processes: Object.fromEntries(
      processes.map((process) => [
        process.name,
        {
          cpuMsPer1000: medianOf((measurement) => cpuMsPer1000(measurement, process.name)),
          memoryMb: medianOf(({ memoryMb }) => memoryMb[process.name] ?? 0),
        },
      ]),
    ),
    generatorLoad: medianOf(({ load }) => load.generatorCpuSeconds / load.seconds),
    measurements,
  };
}
