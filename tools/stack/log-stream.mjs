// Shows log files to people, as they grow: one line per entry, whatever the program writes.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { formatLine } from './log-line.mjs';
import { paint } from './terminal.mjs';

const pollMs = 150;
const chunkBytes = 64 * 1024;
const labelWidth = 'key-management-1'.length;

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
