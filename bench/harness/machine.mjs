import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { loadGeneratorVersion } from './load.mjs';

/**
 * @typedef {object} Machine
 * @property {string} processor
 * @property {number} processors   that this process may use
 * @property {number} memoryGb
 * @property {string} system
 * @property {string} node
 * @property {string} loadGenerator
 * @property {string} commit       of the repository, with a `+` when it was changed since
 * @property {number} loadAverage  of the minute before the first measurement: what others were doing
 */

/** @returns {Promise<Machine>} */
export async function describeMachine() {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()}`,
    node: process.version,
    loadGenerator: await loadGeneratorVersion(),
    commit: commit(),
    loadAverage: loadavg()[0] ?? 0,
  };
}

function commit() {
  try {
    /** @type {import('node:child_process').ExecFileSyncOptionsWithStringEncoding} */
    const options = { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    const hash = execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim();
    return execFileSync('git', ['status', '--porcelain'], options) === '' ? hash : `${hash}+`;
  } catch {
    return 'unknown';
  }
}
