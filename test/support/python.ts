import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryDirectory } from '../../tools/stack/paths.mjs';
import { findProgram, installCommand } from '../../tools/stack/programs.mjs';

export const pythonPackage = join(repositoryDirectory, 'packages', 'sdk-python');

/** With all that tests the package. */
export function pythonProgram(): string {
  const python = findProgram('python3');
  if (python === undefined) throw new Error(missing());
  return python;
}

/**
 * What is promised by what Python runs. `npm test` fetches one where it can; a missing one is said aloud, and is a failure in
 * CI.
 */
export function describeInPython(promise: string, body: () => void): void {
  const isThere = findProgram('python3') !== undefined;
  if (isThere || process.env['CI']) {
    describe(promise, body);
    return;
  }
  process.stderr.write(`Not tested: "${promise}". ${missing()}\n`);
  it.skip(promise, () => undefined);
}

interface PytestOptions {
  env?: Record<string, string>;
  /** Then it tells where each of its threads is, and ends. */
  withinMs: number;
}

/** @returns what pytest says when something has failed; nothing, when all has passed */
export async function pytest(args: string[], { env = {}, withinMs }: PytestOptions): Promise<string> {
  const child = spawn(pythonProgram(), ['-m', 'pytest', '--quiet', '--tb=short', ...args], {
    cwd: pythonPackage,
    timeout: withinMs,
    killSignal: 'SIGABRT',
    env: {
      ...process.env,
      // Of whoever runs the tests; they name their own.
      TRAYLINX_API_KEY: '',
      TRAYLINX_SERVICE_TOKEN: '',
      // Nothing is left beside the sources.
      PYTHONDONTWRITEBYTECODE: '1',
      OPENSSL_BIN: findProgram('openssl') ?? 'openssl',
      ...env,
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 ? '' : `pytest ended with ${String(code)}:\n${said}`;
}

function missing(): string {
  return `python3 was not found, or not with all that tests the package: ${installCommand('python3')}`;
}
