import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordedPid, recordProcess, stopLeftovers } from './process-records.mjs';
import { temporaryDirectory } from './temporary-directory.mjs';

let dir: string;
let child: ChildProcess;
let pid: number;

/** A process that only SIGKILL ends when it is told to ignore SIGTERM. */
async function startChild(onSigterm: string): Promise<void> {
  child = spawn(process.execPath, [
    '-e',
    `process.on('SIGTERM', () => ${onSigterm}); console.log('up'); setInterval(() => {}, 1000)`,
  ]);
  pid = child.pid ?? 0;
  if (child.stdout) await once(child.stdout, 'data');
  recordProcess(dir, 'example', { pid, stopSignal: 'SIGTERM' });
}

beforeEach(() => {
  dir = temporaryDirectory('records');
});

afterEach(() => {
  child.kill('SIGKILL');
  rmSync(dir, { recursive: true });
});

describe('the record of a process', () => {
  it('leads to the process as long as it runs', async () => {
    await startChild('process.exit()');
    expect(recordedPid(dir, 'example')).toBe(pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(recordedPid(dir, 'example')).toBeUndefined();
  });

  it('lets a leftover be stopped in good order, even one that was paused', async () => {
    await startChild('process.exit()');
    child.kill('SIGSTOP');
    const exited = once(child, 'exit');
    expect(await stopLeftovers(dir)).toEqual(['example']);
    expect(await exited).toEqual([0, null]);
    expect(await stopLeftovers(dir)).toEqual([]);
  });

  it('lets no other process be stopped that was given the same id later', async () => {
    await startChild('process.exit()');
    const file = join(dir, 'processes', 'example.json');
    const record = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...record, identity: 'of a process that started at another time' }));
    expect(recordedPid(dir, 'example')).toBeUndefined();
    expect(await stopLeftovers(dir)).toEqual([]);
    expect(child.exitCode ?? child.signalCode).toBeNull();
  });

  it('leads to nobody when it was cut off by a crash', async () => {
    await startChild('process.exit()');
    writeFileSync(join(dir, 'processes', 'example.json'), '{"pid":');
    expect(await stopLeftovers(dir)).toEqual([]);
  });
});
