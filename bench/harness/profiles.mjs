// CPU profiles of the services, and where their time went.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const shownGroups = 12;
const shownFunctions = 25;

/** @param {string} directory @returns {Record<string, string>} for services that are to be profiled */
export function profiledEnvironment(directory) {
  const profiler = pathToFileURL(join(import.meta.dirname, 'profiler.mjs'));
  return { NODE_OPTIONS: `--import ${profiler.href}`, PROFILE_DIRECTORY: directory };
}

/**
 * To be called when the services have warmed up; they write their profiles when they end.
 *
 * @param {import('../scenarios/index.mjs').Platform} platform
 */
export function startProfiles({ services }) {
  for (const { pid } of services) process.kill(pid, 'SIGUSR2');
}

/**
 * @typedef {object} Profile  a .cpuprofile, as Chrome's DevTools shows it
 * @property {{ id: number, callFrame: { functionName: string, url: string, lineNumber: number } }[]} nodes
 * @property {number[]} samples     ids of nodes
 * @property {number[]} timeDeltas  microseconds since the sample before
 */

/** @param {string} directory @returns {string} of each profile: shares by package and by function, its own time */
export function summarizeProfiles(directory) {
  const files = readdirSync(directory).filter((file) => file.endsWith('.cpuprofile'));
  return files.map((file) => summarize(join(directory, file))).join('\n');
}

/** @param {string} file */
function summarize(file) {
  /** @type {Profile} */
  const profile = JSON.parse(readFileSync(file, 'utf8'));
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  /** @type {Map<string, number>} */
  const groups = new Map();
  /** @type {Map<string, number>} */
  const functions = new Map();
  let busy = 0;
  for (const [index, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    if (!frame || frame.functionName === '(idle)') continue;
    const us = profile.timeDeltas[index] ?? 0;
    busy += us;
    const place = placeOf(frame.url);
    add(groups, frame.url === '' ? frame.functionName || '(native)' : place, us);
    add(
      functions,
      `${frame.functionName || '(anonymous)'} ${basename(frame.url)}:${frame.lineNumber + 1} ${place}`,
      us,
    );
  }
  return [
    `\n${file}: ${(busy / 1e6).toFixed(1)} s busy`,
    ...largest(groups, busy, shownGroups),
    '',
    ...largest(functions, busy, shownFunctions),
  ].join('\n');
}

/** @param {Map<string, number>} sums @param {string} name @param {number} us */
function add(sums, name, us) {
  sums.set(name, (sums.get(name) ?? 0) + us);
}

/** @param {Map<string, number>} sums @param {number} total @param {number} count @returns {string[]} */
function largest(sums, total, count) {
  const sorted = [...sums].sort(([, a], [, b]) => b - a).slice(0, count);
  return sorted.map(([name, us]) => `${((us / total) * 100).toFixed(1).padStart(6)} %  ${name}`);
}

/** The package, or the folder of ours, that a script belongs to. @param {string} url */
function placeOf(url) {
  const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (installed) return installed[1] ?? url;
  const ours = /\/dist\/((?:apps|libs)\/[^/]+)/.exec(url);
  return (
    ours?.[1] ??
    url
      .replace(/^node:/, 'node:')
      .split('/')
      .slice(0, 2)
      .join('/')
  );
}
