import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayClient } from '../support/gateway-client.js';
import { eventually } from '../support/eventually.js';
import { startLossyWay } from './lossy-way.js';
import { type CliOptions, type CliResult, newConfigHome, runCli } from './run-cli.js';

export function describeCli(getGateway: () => GatewayClient): void {
  let project: { id: string };
  let env: Record<string, string>;
  beforeAll(async () => {
    const { url, adminToken } = getGateway();
    project = await getGateway().createProject('CLI');
    env = { TRAYLINX_BASE_URL: url, TRAYLINX_ADMIN_TOKEN: adminToken, TRAYLINX_PROJECT: 'cli' };
  });

  const cli = (args: string[], options: CliOptions = {}): Promise<CliResult> =>
    runCli(args, { ...options, env: { ...env, ...options.env } });
  const json = async <T>(args: string[], options: CliOptions = {}): Promise<T> => {
    const { code, stdout, stderr } = await cli([...args, '--json'], options);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    return JSON.parse(stdout) as T;
  };

  describe('login', () => {
    it('remembers where and with what, in a file that only its owner can read', async () => {
      const { url, adminToken } = getGateway();
      const config = { XDG_CONFIG_HOME: newConfigHome() };
      const signIn = await runCli(['login', '--base-url', `${url}/`], {
        env: config,
        stdin: `${adminToken}\n`,
      });
      expect(signIn).toMatchObject({ code: 0, stdout: '' });
      expect(signIn.stderr).not.toContain(adminToken);
      const file = join(config.XDG_CONFIG_HOME, 'traylinx', 'config.json');
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ baseUrl: url, adminToken });

      expect((await runCli(['projects', 'use', 'CLI'], { env: config })).code).toBe(0);
      const { stdout } = await runCli(['whoami'], { env: config });
      expect(stdout).toMatch(
        new RegExp(`gateway\\s+${url}\\nadmin\\s+admin-token\\nmay\\s+admin of all projects`),
      );
      expect((await runCli(['list'], { env: config })).stderr).toBe('There are no such keys.\n');

      // The token is for that gateway, and goes to no other.
      const elsewhere = await runCli(['list', '--base-url', 'http://127.0.0.1:1234'], { env: config });
      expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining('Not signed in') });

      expect((await runCli(['logout'], { env: config })).code).toBe(0);
      expect((await runCli(['list'], { env: config })).code).toBe(2);
    });

    it('remembers nothing that is wrong', async () => {
      const config = { XDG_CONFIG_HOME: newConfigHome(), TRAYLINX_BASE_URL: getGateway().url };
      expect(await runCli(['login'], { env: config, stdin: 'wrong' })).toMatchObject({ code: 3, stdout: '' });
      expect(await runCli(['login'], { env: config, stdin: ' ' })).toMatchObject({ code: 2 });
      expect(await runCli(['list'], { env: config })).toMatchObject({ code: 2 });
    });

    it('does not use a file that others can read, or that is broken, and shows nothing of it', async () => {
      const home = newConfigHome();
      const config = { XDG_CONFIG_HOME: home };
      await runCli(['login'], {
        env: { ...config, TRAYLINX_BASE_URL: getGateway().url },
        stdin: getGateway().adminToken,
      });
      const file = join(home, 'traylinx', 'config.json');
      const { chmodSync } = await import('node:fs');
      chmodSync(file, 0o644);
      const open = await runCli(['list'], { env: config });
      expect(open).toMatchObject({ code: 2, stderr: expect.stringContaining(`chmod 600 '${file}'`) });
      chmodSync(file, 0o600);
      writeFileSync(file, '{"adminToken": "secret');
      const broken = await runCli(['list'], { env: config });
      expect(broken).toMatchObject({ code: 2, stderr: expect.stringContaining(file) });
      expect(broken.stderr).not.toContain('secret');
    });
  });

  it('goes through the life of a key, with the secret alone on stdout', async () => {
    const created = await cli(['create', '--note', 'GitHub Actions', '--expires', '30d']);
    expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/^tlx_[0-9A-Za-z]{49}\n$/) });
    expect(created.stderr).toMatch(/There is no way to recover it later/);
    const key = created.stdout.trim();
    expect(created.stderr).not.toContain(key.slice(8));
    const start = key.slice(0, 8);

    expect((await cli(['verify'], { stdin: key })).stdout).toMatch(/project\s+CLI \(/);
    expect((await cli(['verify', '--stdin'], { stdin: key, env: { TRAYLINX_API_KEY: 'x' } })).code).toBe(0);
    const shown = await cli(['show', start]);
    expect(shown.stdout).toMatch(/note\s+GitHub Actions\n[^]*use\s+never used/);
    expect((await cli(['note', start, 'Deploys'])).code).toBe(0);
    const [listed] = await json<{ id: string; note: string }[]>(['list', '--search', 'deploys']);
    expect(listed?.note).toBe('Deploys');
    const table = (await cli(['list'])).stdout;
    expect(table).toMatch(/^KEY +NOTE +CREATED +LAST USED +EXPIRES +USE +ID\n/);
    // No terminal, no colours.
    expect(table).not.toContain('\u001b');
    expect((await cli(['list', '--csv'])).stdout).toMatch(
      /^id,projectId,keyStart,note,[^\r]*\r\n[^\r]*,Deploys,active,/,
    );

    const refusal = await cli(['delete', start]);
    expect(refusal).toMatchObject({ code: 2, stderr: expect.stringContaining('add --yes') });
    expect((await cli(['verify'], { stdin: key })).code).toBe(0);
    const deletion = await cli(['delete', start, '--yes']);
    expect(deletion).toMatchObject({ code: 0, stderr: expect.stringContaining(`Deleted ${start}`) });
    expect((await getGateway().auth(key)).body.code).toBe('api_key_deleted');
    const verification = await cli(['verify'], { stdin: key });
    expect(verification).toMatchObject({ code: 3, stdout: '' });
    expect(verification.stderr).toMatch(/deleted this key.*\[api_key_deleted, request /);
    expect((await cli(['show', start])).code).toBe(4);
  });

  it('finds whose key it is, alive and deleted', async () => {
    const { key, id } = await getGateway().createKey(project.id);
    const alive = await cli(['find'], { stdin: `${key}\n` });
    expect(alive.stdout).toMatch(new RegExp(`id +${id}\\nproject +CLI \\(${project.id}\\)\\nstatus +active`));
    expect(alive.stderr).toContain(`traylinx-keys delete ${id} --project ${project.id}`);
    await getGateway().deleteKey({ projectId: project.id, id });
    const deleted = await cli(['find'], { stdin: key });
    expect(deleted).toMatchObject({ code: 0, stdout: expect.stringMatching(/status +deleted/) });
    expect(deleted.stderr).toBe('It is refused everywhere.\n');
    const ofNobody = 'tlx_6nYfTKlhYMH1hM1U3pnNhb1fm2U9sm9S3AQTYBmoqIg2gBTni';
    expect(await cli(['find'], { stdin: ofNobody })).toMatchObject({ code: 4, stdout: '' });
  });

  it('makes one key of a creation whose answer is lost on the way, and says which', async () => {
    const way = await startLossyWay(getGateway().url);
    const note = `Lost ${Date.now()}`;
    const { code, stdout, stderr } = await cli(['create', '--note', note], {
      env: { TRAYLINX_BASE_URL: way.url },
    });
    await way.close();
    const [made, ...others] = await json<{ id: string }[]>(['list', '--search', note]);
    expect(others).toEqual([]);
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toContain(`Delete it: traylinx-keys delete ${String(made?.id)}`);
  });

  it('prints settings for a client, in three formats, once the key is seen to be good', async () => {
    const { key } = await getGateway().createKey(project.id);
    const { url } = getGateway();
    const exported = async (format: string) =>
      (await cli(['export', '--stdin', '--format', format], { stdin: key })).stdout;
    expect(await exported('env')).toBe(`TRAYLINX_API_KEY=${key}\nTRAYLINX_BASE_URL=${url}\n`);
    expect(JSON.parse(await exported('json'))).toEqual({ TRAYLINX_API_KEY: key, TRAYLINX_BASE_URL: url });
    expect(await exported('yaml')).toBe(`TRAYLINX_API_KEY: "${key}"\nTRAYLINX_BASE_URL: "${url}"\n`);
    expect((await cli(['export', '--format', 'toml'], { stdin: key })).code).toBe(2);
  });

  describe('rotate', () => {
    it('makes a replacement and says how to go on', async () => {
      const old = await getGateway().createKey(project.id, { note: 'To rotate' });
      const { code, stdout, stderr } = await cli(['rotate', old.id]);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^tlx_\w{49}\n$/)]);
      expect(stderr).toContain(`traylinx-keys delete ${old.id} --project ${project.id}`);
      for (const key of [old.key, stdout.trim()]) expect((await getGateway().auth(key)).status).toBe(200);
      expect((await cli(['rotate', old.id])).code).toBe(5);
    });

    it('watches the old key go quiet while the new one is used, and deletes it, making no second replacement', async () => {
      const gateway = getGateway();
      const old = await gateway.createKey(project.id, { note: 'Watched' });
      const replacement = await gateway.createKey(project.id, { replacesKeyId: old.id });
      await gateway.auth(old.key);
      const rotation = cli(['rotate', old.id, '--wait', '--quiet-for', '1s', '--yes']);
      await gateway.auth(replacement.key);
      const { code, stdout, stderr } = await rotation;
      expect([code, stdout]).toEqual([0, '']);
      expect(stderr).toMatch(/replacement is there already[^]*was used \d+ s ago[^]*The rotation is done/);
      expect((await gateway.auth(old.key)).body.code).toBe('api_key_deleted');
      expect((await gateway.auth(replacement.key)).status).toBe(200);
    });
  });

  describe('projects', () => {
    it('are created, found by name, renamed and deleted', async () => {
      const id = (await cli(['projects', 'create', 'Short-lived'])).stdout.trim();
      expect((await cli(['projects', 'show', 'short-LIVED'])).stdout).toContain(id);
      expect((await cli(['projects', 'rename', 'Short-lived', 'Long-lived'])).code).toBe(0);
      expect((await cli(['projects'])).stdout).toMatch(new RegExp(`Long-lived +\\d{4}-\\d\\d-\\d\\d +${id}`));
      await getGateway().createKey(id);
      expect((await cli(['projects', 'delete', 'Long-lived', '--yes'])).code).toBe(5);
      expect((await cli(['projects', 'show', 'No such'])).code).toBe(4);
    });

    it('of the same name are told apart by their ids', async () => {
      for (let i = 0; i < 2; i += 1) await getGateway().createProject('Twins');
      const { code, stderr } = await cli(['list', '--project', 'twins']);
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/2 projects have that name\. Use an id: [0-9a-f-]{36}, /),
      ]);
    });
  });

  it('shows how much a key is used, and finds keys that nobody uses', async () => {
    const gateway = getGateway();
    const { id: projectId } = await gateway.createProject('Watched');
    const inProject = ['--project', projectId];
    const [used, unused] = [
      await gateway.createKey(projectId, { note: 'Used' }),
      await gateway.createKey(projectId, {
        note: 'Unused',
        expiresAt: new Date(Date.now() + 5 * 86_400_000),
      }),
    ];
    for (let i = 0; i < 3; i += 1) await gateway.auth(used.key);
    await eventually(
      async () => {
        const { stdout } = await cli(['usage', used.keyStart, ...inProject]);
        expect(stdout).toMatch(
          /use +in use\nlast 24 h +3\n[^]*by hour, UTC +[▁-█]{24} [^]*quietest +\d\d:00 to/,
        );
      },
      { withinMs: 60_000 },
    );
    const list = async (...args: string[]) =>
      (await cli(['list', '--quiet', ...inProject, ...args])).stdout.trim();
    expect(await list('--never-used')).toBe(unused.id);
    expect(await list('--expiring', '14d')).toBe(unused.id);
    expect(await list('--expiring', '1d')).toBe('');
    expect(await list('--sort', 'createdAt')).toBe(`${used.id}\n${unused.id}`);
    expect((await cli(['list', '--never-used', '--fail-if-any', ...inProject])).code).toBe(10);
    expect((await cli(['list', '--expiring', '1d', '--fail-if-any', ...inProject])).code).toBe(0);
    expect((await cli(['list', '--all'])).stdout).toMatch(/^PROJECT +KEY .*\n[^]*Watched +tlx_/);
  });

  it('deletes in bulk what was named, and leaves a young key alone when it looks for unused ones', async () => {
    const gateway = getGateway();
    const { id: projectId } = await gateway.createProject('Bulk');
    const inProject = ['--project', projectId];
    const keys = [await gateway.createKey(projectId), await gateway.createKey(projectId)];
    const ids = keys.map(({ id }) => id);
    const rehearsal = await cli(['delete', ...ids, '--dry-run', ...inProject]);
    expect(rehearsal).toMatchObject({ code: 10, stdout: `${ids.join('\n')}\n` });
    expect((await cli(['delete', '--unused-for', '1d', '--yes', ...inProject])).stderr).toMatch(
      /no such keys/,
    );
    for (const { key } of keys) expect((await gateway.auth(key)).status).toBe(200);
    const missing = '01a20541-1cf0-75e3-b3a8-5d4c9a1f7e20';
    // What is not there is found out before anything is deleted.
    expect((await cli(['delete', ...ids, missing, '--yes', ...inProject])).code).toBe(4);
    for (const { key } of keys) expect((await gateway.auth(key)).status).toBe(200);
    expect((await cli(['delete', ...ids, '--yes', ...inProject])).code).toBe(0);
    for (const { key } of keys) expect((await gateway.auth(key)).status).toBe(401);
  });

  it('shows who still calls with a deleted key', async () => {
    const gateway = getGateway();
    const { id: projectId } = await gateway.createProject('Radar');
    const apiKey = await gateway.createKey(projectId, { note: 'Gone' });
    await gateway.deleteKey(apiKey);
    for (let i = 0; i < 2; i += 1) await gateway.auth(apiKey.key);
    await eventually(
      async () => {
        const { stdout } = await cli(['deleted', '--project', projectId]);
        expect(stdout).toMatch(new RegExp(`${apiKey.keyStart} +Gone +\\S+ +admin-token +2 +20`));
      },
      { withinMs: 60_000 },
    );
  });

  it('shows the audit trail', async () => {
    const { id } = await getGateway().createKey(project.id);
    await eventually(
      async () => {
        expect((await cli(['audit', '--action', 'api-key.created', '--limit', '1'])).stdout).toMatch(
          new RegExp(`api-key.created +admin-token .*${id}`),
        );
        const ofProject = await cli(['audit', '--target', project.id, '--json']);
        expect(JSON.parse(ofProject.stdout)).toMatchObject([
          { action: 'project.created', targetId: project.id },
        ]);
      },
      { withinMs: 60_000 },
    );
  });

  it('prints completions that the shells accept', async () => {
    const bash = (await cli(['completion', 'bash'])).stdout;
    expect(bash).toContain('complete -F _traylinx_keys traylinx-keys');
    const { execFileSync } = await import('node:child_process');
    const script = `${bash}\nCOMP_WORDS=(traylinx-keys rot) COMP_CWORD=1; _traylinx_keys; echo "\${COMPREPLY[@]}"
COMP_WORDS=(traylinx-keys rotate --wa) COMP_CWORD=2; _traylinx_keys; echo "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe('rotate\n--wait\n');
    expect((await cli(['completion', 'fish'])).stdout).toContain('-a rotate -d');
    expect((await cli(['completion', 'tcsh'])).code).toBe(2);
  });
}
