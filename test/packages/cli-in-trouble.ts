import { spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  problem,
  type ScriptedServer,
  startScriptedServer,
} from '../../packages/sdk-js/test/scripted-server.js';
import { findOnPath } from '../../tools/stack/executables.mjs';
import { anyFreePort } from '../../tools/stack/ports.mjs';
import { eventually as patiently } from '../support/eventually.js';
import type { GatewayClient } from '../support/gateway-client.js';
import { type CliOptions, type CliResult, commandPath, runCli } from './run-cli.js';

/** A command is a process that has to start first. */
const eventually = (attempt: () => void): Promise<void> => patiently(attempt, { withinMs: 60_000 });

export function describeCliInTrouble(getGateway: () => GatewayClient): void {
  let env: Record<string, string>;
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await startScriptedServer();
    await getGateway().createProject('Trouble');
    const { url, adminToken } = getGateway();
    env = { TRAYLINX_BASE_URL: url, TRAYLINX_ADMIN_TOKEN: adminToken, TRAYLINX_PROJECT: 'Trouble' };
  });
  afterAll(() => server.close());

  const cli = (args: string[], options: CliOptions = {}): Promise<CliResult> =>
    runCli(args, { ...options, env: { ...env, ...options.env } });

  describe('says what to do, and ends with a code for scripts, when', () => {
    const at = (address: string) => ({ TRAYLINX_BASE_URL: address });

    it.each([
      ['fetch refuses the port', at('http://127.0.0.1:9'), /port of 127\.0\.0\.1:9 is one that/, 6],
      ['the address is none', at('gateway.example'), /begins with https/, 2],
      ['there is no address', at(''), /--base-url, set TRAYLINX_BASE_URL, or run `traylinx-keys login`/, 2],
      ['there is no token', { TRAYLINX_ADMIN_TOKEN: '' }, /traylinx-keys login/, 2],
      [
        'the token is wrong',
        { TRAYLINX_ADMIN_TOKEN: 'wrong' },
        /\[admin_credential_invalid.*\n.*traylinx-keys login/,
        3,
      ],
    ])('%s', async (_, variables, message, code) => {
      const result = await cli(['projects'], { env: variables });
      expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
      // One or two lines, and never a stack.
      expect(result.stderr).not.toMatch(/\n {4}at /);
    });

    it('nothing listens', async () => {
      const { code, stderr } = await cli(['projects'], {
        env: at(`http://127.0.0.1:${await anyFreePort()}`),
      });
      expect([code, stderr]).toEqual([
        6,
        expect.stringMatching(/Nothing listens at 127\.0\.0\.1:\d+.*Is the gateway running/),
      ]);
    });

    it('a proxy answers instead of the gateway', async () => {
      server.play({ status: 200, text: '<html>', headers: { 'content-type': 'text/html' } });
      const { code, stderr } = await cli(['projects'], { env: at(server.url) });
      expect([code, stderr]).toEqual([6, expect.stringMatching(/Not the gateway has answered.*text\/html/)]);
    });

    it('TLS is spoken to something that does not', async () => {
      const { code, stderr } = await cli(['projects'], { env: at(server.url.replace('http', 'https')) });
      expect([code, stderr]).toEqual([6, expect.stringMatching(/No secure connection.*plain http/)]);
    });

    it('there are too many calls, after it has tried again', async () => {
      server.play({
        ...(problem(429, 'too_many_requests') as object),
        status: 429,
        headers: { 'retry-after': '0' },
      });
      const { code, stderr } = await cli(['projects'], { env: at(server.url) });
      expect([code, stderr]).toEqual([6, expect.stringContaining('Wait a moment')]);
      expect(server.requests).toHaveLength(3);
    });
  });

  it.each([
    ['the option is unknown', ['list', '--nonsense'], /unknown option/],
    ['the command is unknown', ['lst'], /Did you mean list\?/],
    ['the days are no days', ['list', '--unused-for', 'soon'], /--unused-for takes a number/],
    ['the expiry is past', ['create', '--expires', '2020-01-01'], /is in the past/],
    ['the expiry has no offset', ['create', '--expires', '2030-01-01T00:00:00'], /with its offset/],
    ['the day does not exist', ['create', '--expires', '2030-02-31'], /--expires takes/],
    ['there is nothing to delete', ['delete'], /Which keys\?/],
    ['a whole key is on the line', ['show', `tlx_${'a'.repeat(49)}`], /in the history of your shell/],
    ['nothing comes on stdin', ['find'], /Nothing came on stdin/],
    ['it is no key', ['verify', '--stdin'], /does not hold a Traylinx API key/],
  ])('refuses what is wrong before it asks anybody: %s', async (_, args, message) => {
    const stdin = args.includes('--stdin') ? 'sk-live-123' : '';
    expect(await cli(args, { stdin })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(message),
    });
  });

  it('asks for a project when it matters', async () => {
    const result = await cli(['create'], { env: { TRAYLINX_PROJECT: '' } });
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('Which project?') });
  });

  describe('a reader that has gone', () => {
    it('ends it without a word', async () => {
      expect(await cli(['projects'], { closesStdout: true })).toMatchObject({ code: 141, stderr: '' });
    });

    it('is told which key was made for nobody', async () => {
      const { code, stderr } = await cli(['create', '--note', 'Lost'], { closesStdout: true });
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/cannot be shown again\. Delete it: traylinx-keys delete [0-9a-f-]{36}/),
      ]);
    });
  });

  it('writes no control characters of names to a terminal, and no formulas to a spreadsheet', async () => {
    server.play({
      status: 200,
      json: { data: [{ id: 'p', name: 'a\u001b[2Jb\u0007', createdAt: '2030-01-01' }], nextCursor: null },
    });
    const { stdout } = await cli(['projects'], { env: { TRAYLINX_BASE_URL: server.url } });
    expect(stdout).toContain('a\ufffd[2Jb\ufffd');
    await getGateway().admin('POST', `/v1/projects/${await projectId()}/api-keys`, { note: '=cmd()' });
    expect((await cli(['list', '--csv'])).stdout).toContain(",'=cmd(),");
  });

  async function projectId(): Promise<string> {
    return (JSON.parse((await cli(['projects', 'show', 'Trouble', '--json'])).stdout) as { id: string }).id;
  }

  describe('in a terminal', () => {
    const script = findOnPath('script', process.env);
    if (script === undefined)
      throw new Error('no `script` on PATH: install the package bsdutils (util-linux)');

    /** With a terminal of its own, which `script` makes. */
    function inTerminal(args: string[], variables: Record<string, string> = {}) {
      const words = [join(commandPath, 'traylinx-keys'), ...args].map((word) => `'${word}'`);
      // A terminal has a width; this one has to be told.
      const command = `stty cols 200; ${words.join(' ')}`;
      const line =
        process.platform === 'linux'
          ? ['-qec', command, '/dev/null']
          : ['-q', '/dev/null', 'sh', '-c', command];
      const child = spawn(String(script), line, {
        env: {
          PATH: process.env['PATH'],
          TERM: 'xterm',
          XDG_CONFIG_HOME: '/nonexistent',
          ...env,
          ...variables,
        },
      });
      const terminal = {
        output: '',
        child,
        ended: new Promise<number | null>((resolve) => child.once('close', resolve)),
      };
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (terminal.output += chunk));
      return terminal;
    }

    it('Ctrl+C in a question changes nothing, says so, and leaves the terminal as it was', async () => {
      const { key, id } = await getGateway().createKey(await projectId());
      const terminal = inTerminal(['delete', id]);
      await eventually(() => expect(terminal.output).toMatch(/Delete this key, for ever\?/));
      terminal.child.stdin.write('\u0003');
      expect(await terminal.ended).toBe(130);
      expect(terminal.output).toContain('Nothing was changed');
      // The cursor is there again.
      expect(terminal.output.lastIndexOf('\u001b[?25h')).toBeGreaterThan(
        terminal.output.lastIndexOf('\u001b[?25l'),
      );
      expect((await getGateway().auth(key)).status).toBe(200);
    });

    it('"yes" is typed, and "no" is what Enter means', async () => {
      const { key, id } = await getGateway().createKey(await projectId());
      const hesitant = inTerminal(['delete', id]);
      await eventually(() => expect(hesitant.output).toMatch(/for ever\?/));
      hesitant.child.stdin.write('\r');
      expect(await hesitant.ended).toBe(1);
      const sure = inTerminal(['delete', id]);
      await eventually(() => expect(sure.output).toMatch(/for ever\?/));
      sure.child.stdin.write('y');
      expect(await sure.ended).toBe(0);
      expect((await getGateway().auth(key)).status).toBe(401);
    });

    it('a secret is not shown while it is typed', async () => {
      const { key } = await getGateway().createKey(await projectId());
      const terminal = inTerminal(['verify']);
      await eventually(() => expect(terminal.output).toMatch(/The key to test/));
      terminal.child.stdin.write(`${key}\r`);
      expect(await terminal.ended).toBe(0);
      expect(terminal.output).not.toContain(key.slice(8));
    });

    it('has colours, unless NO_COLOR or --no-color says otherwise', async () => {
      await getGateway().createKey(await projectId());
      const colors = async (args: string[], variables = {}) => {
        const terminal = inTerminal(args, variables);
        await terminal.ended;
        return terminal.output.includes('\u001b[33mnever used');
      };
      expect(await colors(['list'])).toBe(true);
      expect(await colors(['list'], { NO_COLOR: '1' })).toBe(false);
      expect(await colors(['list', '--no-color'])).toBe(false);
    });
  });
}
