import { paint } from './terminal.mjs';

// What the beginning of the line, or the name of the log, says already.
const shownElsewhere = new Set(['time', 'level', 'msg', 'service', 'pid', 'hostname']);

/** @typedef {{ time: string, level: string, msg: string } & Record<string, unknown>} Entry */

/** @param {string} line of JSON as our services write it, or anything else @returns {string} */
export function formatLine(line) {
  const entry = parseEntry(line);
  if (!entry) return line;
  const level = entry.level.toUpperCase();
  const details = Object.entries(entry).filter(([name]) => !shownElsewhere.has(name));
  const text = details.map(([name, value]) => `${name}=${formatValue(value)}`).join(' ');
  return `${entry.time.slice(11, 23)} ${paintLevel(level)} ${entry.msg} ${paint('dim', text)}`.trimEnd();
}

/** @param {string} line @returns {Entry | undefined} */
function parseEntry(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = /** @type {Record<string, unknown>} */ (JSON.parse(line));
    const { time, level, msg = '' } = entry;
    if (![time, level, msg].every((field) => typeof field === 'string')) return undefined;
    return /** @type {Entry} */ ({ ...entry, msg });
  } catch {
    return undefined;
  }
}

/** @param {unknown} value */
function formatValue(value) {
  if (typeof value === 'string') return value;
  // A stack reads better with its line breaks than as JSON.
  if (value && typeof value === 'object' && 'stack' in value) return String(value.stack);
  return JSON.stringify(value);
}

/** @param {string} level */
function paintLevel(level) {
  const text = level.padEnd(5);
  if (level === 'ERROR' || level === 'FATAL') return paint('red', text);
  return level === 'WARN' ? paint('yellow', text) : text;
}
