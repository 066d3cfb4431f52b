// The file by which other commands know the running stack, and by which two of them do not start it twice.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackDirectory } from './paths.mjs';
import { identityOf } from './process-table.mjs';

const stateFile = join(stackDirectory, 'running.json');

/**
 * What `status --json` prints.
 *
 * @typedef {object} Summary
 * @property {string} gatewayUrl
 * @property {string} [urlForOthers] of the first gateway, when other machines are let in
 * @property {string} adminToken
 * @property {string} databaseUrl
 * @property {string} redisUrl
 * @property {string} sessionRedisUrl
 * @property {string} natsUrl
 * @property {{ name: string, replica: number, pid: number | null, port: number, operationsUrl: string }[]} services
 */

/**
 * @typedef {object} State
 * @property {number} pid      of the process that runs the stack
 * @property {string} identity
 * @property {string} progress what it is doing until it has a summary
 * @property {Summary} [summary]
 */

/** @returns {State | undefined} undefined when no stack runs, or what ran was killed */
export function readState() {
  try {
    const state = /** @type {State} */ (JSON.parse(readFileSync(stateFile, 'utf8')));
    return identityOf(state.pid) === state.identity ? state : undefined;
  } catch {
    // No file, or one cut off by a crash.
    return undefined;
  }
}

/**
 * Makes this process the one that runs the stack.
 *
 * @returns {boolean} false when another one is
 */
export function claimState() {
  mkdirSync(stackDirectory, { recursive: true });
  if (readState()) return false;
  rmSync(stateFile, { force: true });
  try {
    writeFileSync(stateFile, serialize({ progress: 'starting' }), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
  return readState()?.pid === process.pid;
}

/** @param {{ progress: string, summary?: Summary }} news */
export function writeState(news) {
  // At once or not at all, for others read it meanwhile.
  const unfinished = `${stateFile}.${process.pid}`;
  writeFileSync(unfinished, serialize(news), { mode: 0o600 });
  renameSync(unfinished, stateFile);
}

export function releaseState() {
  rmSync(stateFile, { force: true });
}

/** @param {{ progress: string, summary?: Summary }} news */
function serialize(news) {
  return `${JSON.stringify({ pid: process.pid, identity: identityOf(process.pid), ...news })}\n`;
}
