import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { repositoryDirectory } from '../tools/stack/paths.mjs';
import {
  startNats,
  startPostgres,
  startRedis,
  startSessionRedis,
  temporaryDirectory,
} from '../tools/stack/servers.mjs';
import { isReachable } from '../tools/stack/unprivileged.mjs';
import { StackClone } from './support/stack-clone.js';

const nobody = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;
/** Another user can run a clone only if the dependencies, which are linked to the repository's, can be reached. */
const canBeAnotherUser = isRoot && isReachable(repositoryDirectory);
const parent = temporaryDirectory('other-machines');

jest.setTimeout(90_000);

afterAll(() => {
  rmSync(parent, { recursive: true });
});

async function makeClone(name: string): Promise<StackClone> {
  const clone = new StackClone(join(parent, name));
  await clone.useOtherPorts();
  return clone;
}

function giveTo({ uid, gid }: typeof nobody, path: string): void {
  lchownSync(path, uid, gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const entry of readdirSync(path)) giveTo({ uid, gid }, join(path, entry));
}

describe('an unsupported machine', () => {
  it('with an old Node is told what is supported, before anything is done', async () => {
    const clone = await makeClone('old-node');
    clone.changePackage({ engines: { node: '>=99.1' } });
    const files = readdirSync(clone.path('.stack'));
    const { code, output } = await clone.run(['start']);
    expect(code).toBe(1);
    expect(output).toMatch(/too old.*Node 99\.1 or newer.*Debian 12.*macOS.*DATABASE_URL/s);
    expect(readdirSync(clone.path('.stack'))).toEqual(files);
    expect(existsSync(clone.path('dist'))).toBe(false);
  });

  it('without a way to a store is told the same', async () => {
    const clone = await makeClone('no-programs');
    rmSync(clone.path('.stack/programs'));
    const { code, output } = await clone.run(['start'], { env: { PATH: '/nowhere' } });
    expect(code).toBe(1);
    expect(output).toMatch(/No way to get Redis( and NATS)?.*Debian 12.*macOS.*DATABASE_URL/s);
    expect(existsSync(clone.path('dist'))).toBe(false);
  });
});

describe('a machine whose servers run already', () => {
  it('is used with DATABASE_URL, REDIS_URL, SESSION_REDIS_URL and NATS_URL, and no other server is started', async () => {
    const dir = temporaryDirectory('servers-of-another');
    const servers = await Promise.all(
      [startPostgres, startRedis, startSessionRedis, startNats].map((start) => start({ dir })),
    );
    const [DATABASE_URL = '', REDIS_URL = '', SESSION_REDIS_URL = '', NATS_URL = ''] = servers.map(
      ({ url }) => url,
    );
    const clone = await makeClone('existing-servers');
    const env = { DATABASE_URL, REDIS_URL, SESSION_REDIS_URL, NATS_URL };
    await clone.run(['up', '--detach'], { env });
    const summary = await clone.status();
    expect(summary).toMatchObject({
      databaseUrl: DATABASE_URL,
      redisUrl: REDIS_URL,
      sessionRedisUrl: SESSION_REDIS_URL,
      natsUrl: NATS_URL,
    });
    const running = readdirSync(clone.path('.stack/processes'));
    expect(running.filter((file) => /postgres|redis|nats/.test(file))).toEqual([]);
    await clone.run(['down']);
    // They belong to somebody else.
    expect(servers.map(({ isRunning }) => isRunning)).toEqual([true, true, true, true]);
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(dir, { recursive: true });
  });
});

(canBeAnotherUser ? describe : describe.skip)('an ordinary user', () => {
  it('runs everything as that user, with files of that user', async () => {
    const clone = await makeClone('ordinary');
    giveTo(nobody, clone.directory);
    const { code, output } = await clone.run(['up', '--detach'], { user: nobody });
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('is running') as string,
    });
    expect(statSync(clone.path('.stack/credentials.json')).uid).toBe(nobody.uid);
    expect(statSync(clone.path('.stack/postgres/data')).uid).toBe(nobody.uid);
    expect((await clone.run(['down'], { user: nobody })).code).toBe(0);
  });
});

(isRoot ? describe : describe.skip)('root with the clone in a home that nobody else may enter', () => {
  it('keeps the data of PostgreSQL, and its program, outside', async () => {
    const home = join(parent, 'home');
    mkdirSync(home);
    chmodSync(home, 0o700);
    const clone = await makeClone('home/clone');
    clone.copyPostgresPackage();
    const { code, output } = await clone.run(['up', '--detach']);
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('is running') as string,
    });
    const { databaseUrl } = await clone.status();
    expect(databaseUrl).toContain('127.0.0.1');
    expect(readdirSync(clone.path('.stack/postgres'))).toEqual([]);
    expect((await clone.run(['reset', '--yes'])).code).toBe(0);
  });
});
