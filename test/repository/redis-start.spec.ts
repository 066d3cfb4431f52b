import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TEMPLATE = readFileSync('servers/redis/users.acl', 'utf8');
const PASSWORDS = {
  // Whatever a shell, sed or a regular expression would trip over.
  REDIS_ADMIN_PASSWORD: 'a|b&c\\d$HOME`id`"\'#/*',
  REDIS_KEY_MANAGEMENT_PASSWORD: 'k'.repeat(64),
  REDIS_VERIFICATION_PASSWORD: 'v',
};

describe('servers/redis/start.sh', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'traylinx-redis-start-'));
    // Instead of Redis: says how it was called.
    writeFileSync(join(directory, 'redis-server'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
    chmodSync(join(directory, 'redis-server'), 0o755);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function start(passwords: Record<string, string>): {
    status: number | null;
    stdout: string;
    stderr: string;
  } {
    const env = {
      PATH: `${directory}:${String(process.env['PATH'])}`,
      RUN_DIRECTORY: directory,
      ...passwords,
    };
    return spawnSync('sh', ['servers/redis/start.sh'], { env, encoding: 'utf8' });
  }

  it('puts the passwords into users.acl as they are, for its owner to read', () => {
    expect(start(PASSWORDS).status).toBe(0);
    const expected = Object.entries(PASSWORDS).reduce(
      (text, [name, password]) => text.replaceAll(`\${${name}}`, () => password),
      TEMPLATE,
    );
    const file = join(directory, 'users.acl');
    expect(readFileSync(file, 'utf8')).toBe(expected);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('starts Redis with our configuration and these users, and with no password among its arguments', () => {
    const { stdout } = start(PASSWORDS);
    const args = stdout.trimEnd().split('\n');
    expect(args).toEqual([
      'servers/redis/redis.conf',
      ...['--port', '6379'],
      ...['--dir', directory],
      ...['--aclfile', join(directory, 'users.acl')],
    ]);
  });

  it('does the same for the files of another folder', () => {
    const names = ['SESSION_REDIS_ADMIN_PASSWORD', 'SESSION_REDIS_GATEWAY_PASSWORD'];
    const env = {
      PATH: `${directory}:${String(process.env['PATH'])}`,
      RUN_DIRECTORY: directory,
      ...Object.fromEntries(names.map((name) => [name, `of ${name}`])),
    };
    const args = ['servers/redis/start.sh', 'servers/redis/sessions'];
    expect(spawnSync('sh', args, { env, encoding: 'utf8' }).stdout).toMatch(
      /^servers\/redis\/sessions\/redis\.conf\n/,
    );
    const users = readFileSync(join(directory, 'users.acl'), 'utf8');
    for (const name of names) expect(users).toContain(`>of ${name} `);
  });

  it.each(Object.keys(PASSWORDS))('does not start without %s', (name) => {
    const { status, stdout, stderr } = start({ ...PASSWORDS, [name]: undefined as never });
    expect(status).not.toBe(0);
    expect(stderr).toContain(name);
    expect(stdout).toBe('');
  });
});
