import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatLine } from './log-line.mjs';

const linesInErrors = 20;

/** @param {string} dir of the stack */
export function logDirectory(dir) {
  return join(dir, 'logs');
}

/** @param {string} dir of the stack @param {string} label of the process @returns {string} an empty file */
export function newLogFile(dir, label) {
  mkdirSync(logDirectory(dir), { recursive: true });
  const file = join(logDirectory(dir), `${label}.log`);
  writeFileSync(file, '');
  return file;
}

/** What a person wants to see when a process has failed. @param {string} file */
export function lastLines(file) {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-linesInErrors);
  return [`The last lines of ${file}:`, ...lines.map((line) => `  ${formatLine(line)}`)].join('\n');
}
