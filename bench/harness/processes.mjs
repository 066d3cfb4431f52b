// Processor time and memory of processes, from the operating system.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { descendantsOf } from '../../tools/stack/process-table.mjs';

const ticksPerSecond = process.platform === 'linux' ? Number(execFileSync('getconf', ['CLK_TCK'])) : 0;
const pageBytes = process.platform === 'linux' ? Number(execFileSync('getconf', ['PAGESIZE'])) : 0;

/** A process with all its children. @typedef {{ name: string, pid: number }} NamedProcess */

/**
 * @typedef {object} Usage
 * @property {number} cpuSeconds  user and system, since it was started
 * @property {number} memoryMb    resident, 10^6 bytes; what several processes share is counted in each
 */

/** @param {import('../scenarios/index.mjs').Platform} platform @returns {NamedProcess[]} services and stores */
export function processesOf({ services, servers }) {
  return [...services, ...Object.values(servers)].map(({ label, pid }) => ({ name: label, pid }));
}

/** @param {NamedProcess} process @returns {Usage} */
export function usageOf({ pid }) {
  const all = [pid, ...descendantsOf(pid)].map(process.platform === 'linux' ? readProc : readPs);
  return {
    cpuSeconds: all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    memoryMb: all.reduce((sum, { memoryMb }) => sum + memoryMb, 0),
  };
}

/** @param {number} pid @returns {Usage} zero for one that has ended */
function readProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may itself contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [userTicks, systemTicks, residentPages] = [fields[11], fields[12], fields[21]].map(Number);
    return {
      cpuSeconds: ((userTicks ?? 0) + (systemTicks ?? 0)) / ticksPerSecond,
      memoryMb: ((residentPages ?? 0) * pageBytes) / 1e6,
    };
  } catch {
    return { cpuSeconds: 0, memoryMb: 0 };
  }
}

/** @param {number} pid @returns {Usage} */
function readPs(pid) {
  try {
    const output = execFileSync('ps', ['-o', 'time=,rss=', '-p', String(pid)], { encoding: 'utf8' });
    const [time = '', kilobytes = '0'] = output.trim().split(/\s+/);
    // [[days-]hours:]minutes:seconds
    const cpuSeconds = time.split(/[-:]/).reduce((seconds, part) => seconds * 60 + Number(part), 0);
    return { cpuSeconds, memoryMb: (Number(kilobytes) * 1024) / 1e6 };
  } catch {
    return { cpuSeconds: 0, memoryMb: 0 };
  }
}
