import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { CommandError } from './exit-codes.js';

/** What `login` remembers. */
export interface Config {
  baseUrl?: string;
  adminToken?: string;
  /** Id of the project that is meant when none is named. */
  project?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const READABLE_BY_OTHERS = 0o077;

/** `$XDG_CONFIG_HOME/traylinx/config.json`, or below `~/.config`. */
export function configPath(env: Environment): string {
  const base = env['XDG_CONFIG_HOME'];
  // The specification says to ignore a relative one.
  const directory = base !== undefined && isAbsolute(base) ? base : join(env['HOME'] ?? homedir(), '.config');
  return join(directory, 'traylinx', 'config.json');
}

/** @throws CommandError when others can read it, or it cannot be understood; its content is not shown */
export function readConfig(path: string): Config {
  const text = readIfThere(path);
  if (text === undefined) return {};
  if (process.platform !== 'win32' && statSync(path).mode & READABLE_BY_OTHERS) {
    throw new CommandError(`Others can read ${path}, which holds a token. Run: chmod 600 '${path}'`);
  }
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below, without quoting it.
  }
  throw new CommandError(
    `${path} is not the JSON that it should be. Correct it, or delete it and sign in again.`,
  );
}

/** Never half written, and never readable by others, not for a moment. */
export function writeConfig(path: string, config: Config): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.new`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CommandError(`${path} cannot be read (${code ?? 'unknown'}).`);
  }
}
