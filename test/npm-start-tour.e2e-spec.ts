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

it('npm start --host lets other machines in, says what that costs, and lets browsers sign in there', async () => {
  const stack = clone.start(['start', '--host', '0.0.0.0']);
  await stack.says(/stops everything and keeps the data/);
  const { urlForOthers, gatewayUrl, adminToken } = await clone.status();
  // A machine without a network has no such address; then there is nothing to warn of, and the cookie is that of the machine.
  const warns = /Other machines are let in, by plain http.*PUBLIC_URL=https/s.test(stack.output);
  expect(warns).toBe(urlForOthers !== undefined);
  const url = urlForOthers ?? gatewayUrl;
  const answer = await fetch(`${url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ adminToken }),
  });
  expect(answer.status).toBe(204);
  expect(answer.headers.get('set-cookie')?.includes('Secure')).toBe(urlForOthers === undefined);
  expect((await stack.kill('SIGINT')).code).toBe(0);
});
