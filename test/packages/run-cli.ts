import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDirectory } from '../../tools/stack/paths.mjs';
import { temporaryDirectory } from '../../tools/stack/servers.mjs';

/** Where npm has linked the command. */
export const commandPath = join(repositoryDirectory, 'node_modules', '.bin');

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  env?: Record<string, string>;
  stdin?: string;
  /** Ends the reading of stdout at once. */
  closesStdout?: boolean;
}

const configHome = temporaryDirectory('cli');

/** A place of its own for a config file. */
export function newConfigHome(): string {
  return mkdtempSync(join(configHome, 'home-'));
}

/** As a user runs it, with no setting but those given. */
export async function runCli(
  args: string[],
  { env = {}, stdin = '', closesStdout }: CliOptions = {},
): Promise<CliResult> {
  const child = spawn(join(commandPath, 'traylinx-keys'), args, {
    env: { PATH: process.env['PATH'], XDG_CONFIG_HOME: join(configHome, 'none'), ...env },
  });
  const result: CliResult = { code: null, stdout: '', stderr: '' };
  if (closesStdout) child.stdout.destroy();
  else child.stdout.setEncoding('utf8').on('data', (chunk: string) => (result.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (result.stderr += chunk));
  // It may end without having read.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  result.code = await new Promise((resolve) => child.once('close', resolve));
  return result;
}
