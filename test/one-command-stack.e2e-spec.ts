import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { identityOf } from '../tools/stack/process-table.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { eventually } from './support/eventually.js';
import { StackClone } from './support/stack-clone.js';

// A path that is harder than most: with a space, and longer than the path of a socket may be.
const difficultName =
  `a clone with spaces and a name of more than one hundred characters ${'long '.repeat(10)}`.trim();
const parent = temporaryDirectory('one-command-stack');
/** Four stores, the cache and the sessions each in a Redis of their own, and four services. */
const PROCESSES = 8;

let clone: StackClone;

jest.setTimeout(90_000);

function isAlive(pid: number | null): boolean {
  return pid !== null && identityOf(pid) !== undefined;
}

/** Of the processes that the stack has written down. */
function recordedPids(): Record<string, number> {
  const files = readdirSync(clone.path('.stack/processes'));
  return Object.fromEntries(
    files.map((file) => {
      const { pid } = JSON.parse(clone.read(`.stack/processes/${file}`)) as { pid: number };
      return [file.replace('.json', ''), pid];
    }),
  );
}

beforeAll(async () => {
  clone = new StackClone(join(parent, difficultName));
  await clone.useOtherPorts();
});

afterEach(() => clone.run(['down']));

afterAll(() => {
  rmSync(parent, { recursive: true });
});

describe('npm start', () => {
  it('builds, starts everything, says where it is, and stops everything when asked', async () => {
    const stack = clone.start();
    await stack.says(/Traylinx API Keys is running/);
    const { gatewayUrl, adminToken } = await clone.status();
    expect(stack.output).toContain('building (npm run build)');
    expect(stack.output).toContain(
      `export TRAYLINX_BASE_URL=${gatewayUrl} TRAYLINX_ADMIN_TOKEN=${adminToken}`,
    );
    expect(await (await fetch(gatewayUrl)).text()).toBe('a stub');
    await stack.says(/gateway-1 .*the stub starts/);
    const pids = Object.values(recordedPids());
    expect(pids).toHaveLength(PROCESSES);
    expect((await stack.kill('SIGINT')).code).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('shows the running stack the second time, and leaves it alone', async () => {
    const first = clone.start();
    await first.says(/is running/);
    const pids = recordedPids();
    const second = await clone.run(['start']);
    expect(second).toMatchObject({ code: 0, output: expect.stringMatching(/is running/) as string });
    expect(recordedPids()).toEqual(pids);
  });

  it('waits for a stack that somebody else is starting, instead of starting another', async () => {
    const outcomes = await Promise.all([clone.run(['up', '--detach']), clone.run(['up', '--detach'])]);
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
    expect(Object.values(recordedPids()).filter(isAlive)).toHaveLength(PROCESSES);
  });

  it('stops what a killed one has left behind, and continues with its data', async () => {
    const killed = clone.start();
    await killed.says(/is running/);
    await killed.kill('SIGKILL');
    const leftovers = recordedPids();
    expect(Object.values(leftovers).filter(isAlive)).toHaveLength(PROCESSES);
    expect((await clone.run(['status'])).code).toBe(1);
    const stack = clone.start();
    await stack.says(/is running/);
    expect(stack.output).toMatch(/Stopped what an earlier stack left behind: .*gateway-1.*postgres/);
    expect(Object.values(leftovers).filter(isAlive)).toEqual([]);
  });

  it('names the service that does not start, with its last words, and leaves nothing running', async () => {
    const { code, output } = await clone.run(['start'], { env: { STUB_CRASH: 'verification' } });
    expect(code).toBe(1);
    expect(output).toMatch(
      /verification-1 ended while it was starting.*verification-1\.log.*the stub was told to crash/s,
    );
    expect(readdirSync(clone.path('.stack/processes'))).toEqual([]);
    expect((await clone.run(['status'])).code).toBe(1);
  });

  it('says which service has died, and starts it again', async () => {
    const stack = clone.start();
    await stack.says(/is running/);
    const before = recordedPids();
    const killed = before['verification-1'] ?? 0;
    process.kill(killed, 'SIGKILL');
    await stack.says(/verification-1 was ended by SIGKILL/);
    await eventually(async () => {
      const { services } = await clone.status();
      const again = services.find(({ name }) => name === 'verification')?.pid ?? null;
      expect(isAlive(again) && again !== killed).toBe(true);
    });
    expect(recordedPids()).toEqual({ ...before, 'verification-1': recordedPids()['verification-1'] });
  });

  it('builds again when a source has changed, and only then', async () => {
    const builds = (): number => clone.read('builds.txt').split('\n').length - 1;
    await clone.run(['up', '--detach']);
    await clone.run(['down']);
    const before = builds();
    clone.write('apps/gateway/src/changed.js', '// changed');
    await clone.run(['up', '--detach']);
    expect(builds()).toBe(before + 1);
    expect(existsSync(clone.path('dist/apps/gateway/src/changed.js'))).toBe(true);
  });

  it('installs dependencies when they are not those of package-lock.json, and only then', async () => {
    const installs = (): string[] => clone.read('installs.txt').trim().split('\n');
    clone.write('installs.txt', '');
    clone.useFakeInstaller();
    const env = { PATH: `${clone.path('bin')}:${process.env['PATH'] ?? ''}` };
    rmSync(clone.path('node_modules'));
    await clone.run(['up', '--detach'], { env });
    await clone.run(['down']);
    // An empty HOME would make npm take the working directory for one.
    expect(installs()).toEqual(['ci --include=dev, HOME is not set']);
    await clone.run(['up', '--detach'], { env });
    expect(installs()).toHaveLength(1);
  });

  it('takes the next free ports when others have the preferred ones, and keeps to them', async () => {
    const ports = JSON.parse(clone.read('.stack/ports.json')) as Record<string, number>;
    const taken = [ports['gateway-1'] ?? 0, ports['postgres'] ?? 0];
    const others = taken.map((port) => createServer().listen(port, '127.0.0.1'));
    await clone.run(['up', '--detach']);
    const { gatewayUrl, databaseUrl } = await clone.status();
    for (const url of [gatewayUrl, databaseUrl]) expect(taken).not.toContain(Number(new URL(url).port));
    await clone.run(['down']);
    for (const other of others) other.close();
    await clone.run(['up', '--detach']);
    expect(await clone.status()).toMatchObject({ gatewayUrl, databaseUrl });
  });

  it('listens on this machine only', async () => {
    await clone.run(['up', '--detach']);
    const { gatewayUrl, databaseUrl, redisUrl, sessionRedisUrl, natsUrl, services } = await clone.status();
    const urls = [
      gatewayUrl,
      databaseUrl,
      redisUrl,
      sessionRedisUrl,
      natsUrl,
      ...services.map(({ operationsUrl }) => operationsUrl),
    ];
    expect(new Set(urls.map((url) => new URL(url).hostname))).toEqual(new Set(['127.0.0.1']));
  });
});
