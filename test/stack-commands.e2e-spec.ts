import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { StackClone } from './support/stack-clone.js';

const parent = temporaryDirectory('stack-commands');
let clone: StackClone;

jest.setTimeout(90_000);

beforeAll(async () => {
  clone = new StackClone(join(parent, 'clone'));
  await clone.useOtherPorts();
});

afterAll(async () => {
  await clone.run(['down']);
  rmSync(parent, { recursive: true });
});

describe('while nothing runs', () => {
  it('status exits with 1 and prints nothing that looks like an answer', async () => {
    expect(await clone.run(['status', '--json'])).toEqual({ code: 1, output: 'The stack is not running.\n' });
  });

  it('down has nothing to do and says so', async () => {
    expect(await clone.run(['down'])).toEqual({ code: 0, output: 'Nothing was running.\n' });
  });

  it('an unknown command or flag is refused with a hint', async () => {
    expect(await clone.run(['nonsense'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('Usage:') as string,
    });
    expect((await clone.run(['up', '--nonsense'])).code).toBe(1);
  });
});

describe('up --detach', () => {
  it('starts as many replicas as it is told, and status --json describes each', async () => {
    expect((await clone.run(['up', '--detach', '--verification', '2', '--gateway', '2'])).code).toBe(0);
    const summary = await clone.status();
    expect(Object.keys(summary)).toEqual([
      'gatewayUrl',
      'adminToken',
      'databaseUrl',
      'redisUrl',
      'sessionRedisUrl',
      'natsUrl',
      'services',
    ]);
    const replicas = summary.services.map(({ name, replica }) => `${name} ${String(replica)}`);
    expect(replicas.sort()).toEqual([
      'gateway 1',
      'gateway 2',
      'key-management 1',
      'usage-tracking 1',
      'verification 1',
      'verification 2',
    ]);
    for (const { name, pid, port, operationsUrl } of summary.services) {
      expect(() => process.kill(pid ?? 0, 0)).not.toThrow();
      expect((await fetch(`${operationsUrl}/readyz`)).status).toBe(200);
      if (name === 'gateway') expect((await fetch(`http://127.0.0.1:${String(port)}`)).status).toBe(200);
    }
  });

  it('keeps secrets out of the output of status and in files of their owner', async () => {
    const { adminToken, ...urls } = await clone.status();
    const { output } = await clone.run(['status']);
    const passwords = [urls.databaseUrl, urls.redisUrl, urls.sessionRedisUrl, urls.natsUrl].map(
      (url) => new URL(url).password,
    );
    for (const secret of [adminToken, ...passwords]) {
      expect(secret.length).toBeGreaterThanOrEqual(32);
      expect(output).not.toContain(secret);
      expect(clone.read('.stack/logs/stack.log')).not.toContain(secret);
    }
    for (const file of ['.stack/credentials.json', '.stack/running.json']) {
      expect(statSync(clone.path(file)).mode & 0o777).toBe(0o600);
    }
  });

  it('leaves logs that can be read by service and by replica', async () => {
    const { code, output } = await clone.run(['logs', 'verification']);
    expect(code).toBe(0);
    expect(output).toMatch(/verification-1 .*the stub starts/);
    expect(output).toMatch(/verification-2 .*the stub starts/);
    expect(output).not.toContain('gateway');
    expect((await clone.run(['logs', 'gateway-2'])).output).not.toContain('gateway-1');
    expect(await clone.run(['logs', 'nobody'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('postgres') as string,
    });
  });

  it('is undone by down', async () => {
    const { services } = await clone.status();
    expect(await clone.run(['down'])).toMatchObject({
      code: 0,
      output: expect.stringContaining('Stopped.') as string,
    });
    for (const { pid } of services) expect(() => process.kill(pid ?? 0, 0)).toThrow();
  });

  it('says why, when the stack does not come up', async () => {
    const { code, output } = await clone.run(['up', '--detach'], { env: { STUB_CRASH: 'gateway' } });
    expect(code).toBe(1);
    expect(output).toContain('the stub was told to crash');
  });
});

describe('reset', () => {
  it('does nothing when nobody can be asked', async () => {
    expect((await clone.run(['reset'])).code).toBe(1);
    expect(existsSync(clone.path('.stack/credentials.json'))).toBe(true);
  });

  it('stops the stack and deletes data and credentials, but no downloaded program', async () => {
    await clone.run(['up', '--detach']);
    const { adminToken } = await clone.status();
    expect((await clone.run(['reset', '--yes'])).code).toBe(0);
    expect((await clone.run(['status'])).code).toBe(1);
    expect(existsSync(clone.path('.stack/postgres'))).toBe(false);
    expect(existsSync(clone.path('.stack/programs'))).toBe(true);
    await clone.useOtherPorts();
    await clone.run(['up', '--detach']);
    expect((await clone.status()).adminToken).not.toBe(adminToken);
  });
});
