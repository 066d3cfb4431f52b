// Shows log files to people, as they grow: one line per entry, whatever the program writes.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { paint } from './terminal.mjs';

const pollMs = 150;
const chunkBytes = 64 * 1024;
const labelWidth = 'key-management-1'.length;
// What the label and the beginning of the line say already.
const shownElsewhere = new Set(['time', 'level', 'msg', 'service', 'pid', 'hostname']);

/**
 * @param {string[]} files
 * @param {(line: string) => void} write
 * @param {{ follow: boolean }} options
 * @returns {() => void} ends the following
 */
export function streamLogs(files, write, { follow }) {
  const readers = files.map((file) => createReader(file, write));
  const readAll = () => {
    for (const read of readers) read();
  };
  readAll();
  if (!follow) return () => undefined;
  const timer = setInterval(readAll, pollMs);
  return () => {
    clearInterval(timer);
    readAll();
  };
}

/** @param {string} file @param {(line: string) => void} write */
function createReader(file, write) {
  const label = paint('cyan', basename(file, '.log').padEnd(labelWidth));
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(chunkBytes);
  let position = 0;
  let unfinishedLine = '';
  return () => {
    const descriptor = openSync(file, 'r');
    try {
      // A process that was started anew has emptied its log.
      if (fstatSync(descriptor).size < position) position = 0;
      for (;;) {
        const length = readSync(descriptor, buffer, 0, chunkBytes, position);
        if (length === 0) return;
        position += length;
        const lines = (unfinishedLine + decoder.write(buffer.subarray(0, length))).split('\n');
        unfinishedLine = lines.pop() ?? '';
        for (const line of lines) write(`${label} ${formatLine(line)}`);
      }
    } finally {
      closeSync(descriptor);
    }
  };
}

/** @param {string} line of JSON as our services write it, or anything else @returns {string} */
export function formatLine(line) {
  const entry = parseEntry(line);
  if (!entry) return line;
  const time = new Date(/** @type {string | number} */ (entry['time'])).toISOString().slice(11, 23);
  const level = String(entry['level']).toUpperCase();
  const details = Object.entries(entry).filter(([name]) => !shownElsewhere.has(name));
  const text = details.map(([name, value]) => `${name}=${formatValue(value)}`).join(' ');
  return `${time} ${paintLevel(level)} ${String(entry['msg'] ?? '')} ${paint('dim', text)}`.trimEnd();
}

/** @param {string} line @returns {Record<string, unknown> | undefined} */
function parseEntry(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = /** @type {Record<string, unknown>} */ (JSON.parse(line));
    return 'time' in entry && 'level' in entry ? entry : undefined;
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
