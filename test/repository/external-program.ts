import { execFileSync } from 'node:child_process';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findProgram, installCommand } from '../../tools/stack/programs.mjs';

interface Requirement {
  versionArguments: string[];
  /** Older ones do not understand our files. */
  oldest: readonly [major: number, minor: number];
  /** Where it is missing although CI is to miss nothing, the test fails. */
  isRequiredByCi: boolean;
}

const REQUIREMENTS = {
  kubectl: { versionArguments: ['version', '--client'], oldest: [1, 22], isRequiredByCi: true },
  // Debian 12, where CI runs, has no package of version 2.
  'docker-compose': { versionArguments: ['version'], oldest: [2, 20], isRequiredByCi: false },
} as const satisfies Record<string, Requirement>;

/** Docker's plugins are not on PATH. */
const PLUGINS = [
  '/usr/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  join(homedir(), '.docker/cli-plugins'),
];

/**
 * A second opinion on our files, of the program that they are for. What it is asked is also tested without it, so it may
 * be missing; that is said aloud.
 */
export function itWith(
  program: keyof typeof REQUIREMENTS,
  promise: string,
  test: (executable: string) => void,
): void {
  const executable = find(program);
  if (executable) {
    it(promise, () => test(executable), 60_000);
    return;
  }
  const [major, minor] = REQUIREMENTS[program].oldest;
  const missing = `${program} ${major}.${minor} or later was not found: ${installCommand(program)}`;
  if (process.env['CI'] && REQUIREMENTS[program].isRequiredByCi) {
    it(promise, () => {
      throw new Error(missing);
    });
    return;
  }
  process.stderr.write(`Not tested: "${promise}". ${missing}\n`);
  it.skip(promise, () => undefined);
}

/** @returns what it wrote on stdout */
export function run(executable: string, args: string[]): string {
  return execFileSync(executable, args, { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
}

function find(program: keyof typeof REQUIREMENTS): string | undefined {
  const path = [process.env['PATH'], ...PLUGINS].join(delimiter);
  const executable = findProgram(program, { env: { ...process.env, PATH: path } });
  if (!executable) return undefined;
  const { versionArguments, oldest } = REQUIREMENTS[program];
  const [, major, minor] = /\bv?(\d+)\.(\d+)\.\d/.exec(run(executable, [...versionArguments])) ?? [];
  const isRecent = Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1]);
  return isRecent ? executable : undefined;
}
