// The load: wrk, a Debian package, written in C. It costs so little processor time that what it drives is what is
// measured, also where both share the processors.
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { resolveProgram } from '../../tools/stack/programs.mjs';

const run = promisify(execFile);
const report = join(import.meta.dirname, 'wrk-report.lua');
const requestTimeoutS = 10;

/**
 * @typedef {object} Load
 * @property {string} url
 * @property {Record<string, string>} [headers]
 * @property {number} seconds
 * @property {number} concurrency  connections, each of which sends its next request when the last one is answered
 * @property {AbortSignal} signal    gives up
 */

/**
 * @typedef {object} LoadResult
 * @property {number} requests     that were answered
 * @property {number} seconds
 * @property {number} requestsPerSecond
 * @property {{ p50: number, p90: number, p99: number, max: number }} latencyMs
 * @property {number} generatorCpuSeconds
 */

/**
 * @param {Load} load
 * @returns {Promise<LoadResult>}
 * @throws when a single request was not answered, or with a status of 400 and above: such figures mean nothing
 */
export async function generateLoad({ url, headers = {}, seconds, concurrency, signal }) {
  const wrk = await resolveProgram('wrk');
  const args = ['--threads', '1', '--connections', String(concurrency), '--duration', `${seconds}s`];
  args.push('--timeout', `${requestTimeoutS}s`, '--script', report);
  for (const [name, value] of Object.entries(headers)) args.push('--header', `${name}: ${value}`);
  const { stdout } = await run(wrk, [...args, url], { signal });
  const { errors, latencyUs, generatorCpuSeconds, requests, durationUs } = reportIn(stdout);
  const failed = Object.entries(errors).filter(([, count]) => count > 0);
  if (failed.length > 0 || requests === 0) {
    const what = failed.map(([kind, count]) => `${count} ${kind}`).join(', ') || 'no requests at all';
    throw new Error(`the load on ${url} met errors: ${what}`);
  }
  const { p50, p90, p99, max } = latencyUs;
  return {
    requests,
    seconds: durationUs / 1e6,
    requestsPerSecond: requests / (durationUs / 1e6),
    latencyMs: { p50: p50 / 1e3, p90: p90 / 1e3, p99: p99 / 1e3, max: max / 1e3 },
    generatorCpuSeconds,
  };
}

/**
 * @param {string} output
 * @returns {{ requests: number, durationUs: number, generatorCpuSeconds: number,
 *   latencyUs: { p50: number, p90: number, p99: number, max: number }, errors: Record<string, number> }}
 */
function reportIn(output) {
  const line = output.split('\n').find((candidate) => candidate.startsWith('{'));
  if (line === undefined) throw new Error(`wrk has reported nothing:\n${output}`);
  return JSON.parse(line);
}

/** @returns {Promise<string>} as wrk calls itself */
export async function loadGeneratorVersion() {
  const wrk = await resolveProgram('wrk');
  // It ends with status 1 by design.
  const { stdout } = spawnSync(wrk, ['--version'], { encoding: 'utf8' });
  return stdout.split('\n', 1)[0]?.split(' [', 1)[0]?.trim() ?? 'wrk';
}
