// What the operating system knows about processes. Linux is read from /proc, because small images have no `ps`.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/**
 * Tells a process from a later one that was given the same id.
 *
 * @param {number} pid
 * @returns {string | undefined} undefined when no such process is running
 */
export function identityOf(pid) {
  if (process.platform !== 'linux') return ps(['-o', 'lstart=', '-p', String(pid)]) || undefined;
  const stat = readStat(pid);
  return stat && `${bootId()}/${stat.startTicks}`;
}

/** @param {number} pid @returns {number[]} the ids of its children, their children and so on */
export function descendantsOf(pid) {
  const parents = process.platform === 'linux' ? parentsFromProc() : parentsFromPs();
  const found = [pid];
  for (const ancestor of found) {
    for (const [child, parent] of parents) if (parent === ancestor) found.push(child);
  }
  return found.slice(1);
}

/** @param {number} pid */
function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may itself contain spaces and parentheses.
    const [state, parent, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    return { parent: Number(parent), startTicks: rest[17] };
  } catch {
    return undefined;
  }
}

function bootId() {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** @returns {[number, number][]} */
function parentsFromProc() {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.flatMap((pid) => {
    const stat = readStat(pid);
    return stat ? [/** @type {[number, number]} */ ([pid, stat.parent])] : [];
  });
}

/** @returns {[number, number][]} */
function parentsFromPs() {
  const lines = ps(['-A', '-o', 'pid=,ppid=']).split('\n');
  return lines.map((line) => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    return [pid ?? 0, parent ?? 0];
  });
}

/** @param {string[]} args */
function ps(args) {
  try {
    return execFileSync('ps', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } }).trim();
  } catch {
    return '';
  }
}
