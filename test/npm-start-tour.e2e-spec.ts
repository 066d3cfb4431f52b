import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { StackClone } from './support/stack-clone.js';

const parent = temporaryDirectory('tour');
let clone: StackClone;

jest.setTimeout(120_000);

beforeAll(async () => {
  clone = new StackClone(join(parent, 'clone'), { services: 'real' });
  await clone.useOtherPorts();
});

afterAll(async () => {
  await clone.run(['down']);
  rmSync(parent, { recursive: true });
});

it('what npm start prints can be pasted into a shell: a key is created, used, seen as used, deleted and refused', async () => {
  const stack = clone.start();
  await stack.says(/stops everything and keeps the data/);
  const lines = stack.output.slice(stack.output.indexOf('export TRAYLINX_BASE_URL')).split('\n');
  const sentences = lines.findIndex((line) => line.startsWith('Ctrl+C'));
  const pasted = lines.slice(0, sentences).filter((line) => !line.startsWith('and then'));
  const { stdout, stderr } = await promisify(execFile)('sh', ['-e', '-c', pasted.join('\n')]);
  expect(stderr).toBe('');
  expect(stdout).toMatch(
    /"key":"tlx_\w{49}".*HTTP\/1.1 200 OK.*"lastUsedAt":"20.*HTTP\/1.1 204 No Content.*HTTP\/1.1 401 Unauthorized.*api_key_deleted/s,
  );
  expect((await stack.kill('SIGINT')).code).toBe(0);
});
