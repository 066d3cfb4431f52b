import { once } from 'node:events';
import { CommandError, EXIT_CODES } from './exit-codes.js';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

const CODES: Readonly<Record<Style, [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
};

const MAX_STDIN_BYTES = 64 * 1_024;

export interface TerminalOptions {
  isQuiet: boolean;
  usesColor: boolean;
}

/** Results go to stdout, alone, for pipes; everything that is said to people goes to stderr. */
export class Terminal {
  constructor(private readonly options: TerminalOptions) {}

  /** Whether somebody can be asked. */
  get isInteractive(): boolean {
    return process.stdin.isTTY && process.stderr.isTTY;
  }

  get isLive(): boolean {
    return process.stderr.isTTY;
  }

  /** @returns when the reader has it. @throws CommandError when there is no reader any more */
  print(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      process.stdout.write(`${text}\n`, (error) => {
        if (error) reject(new CommandError('', EXIT_CODES.closedPipe));
        else resolve();
      });
    });
  }

  say(text: string): void {
    if (!this.options.isQuiet) process.stderr.write(`${text}\n`);
  }

  /** Also with `--quiet`. */
  complain(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** A line that is written over by the next; where that is impossible, only what has changed is said. */
  sayLive(text: string): void {
    if (this.options.isQuiet) return;
    if (this.isLive) process.stderr.write(`\r\u001b[2K${text}`);
    else if (text !== this.#lastLine) process.stderr.write(`${text}\n`);
    this.#lastLine = text;
  }

  endLive(): void {
    if (this.isLive && !this.options.isQuiet) process.stderr.write('\n');
  }

  styled(style: Style, text: string): string {
    const [on, off] = CODES[style];
    return this.options.usesColor ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  }

  #lastLine = '';
}

/** Everything that was piped in. @throws CommandError when it is no secret that anybody has */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  process.stdin.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_STDIN_BYTES) chunks.push(chunk);
  });
  await once(process.stdin, 'end');
  if (bytes > MAX_STDIN_BYTES) throw new CommandError('That is too much for a key or a token on stdin.');
  return Buffer.concat(chunks).toString('utf8').trim();
}

/** https://no-color.org: set and not empty means none. */
export function wantsColor(env: Readonly<Record<string, string | undefined>>, isColorOff: boolean): boolean {
  return !isColorOff && !env['NO_COLOR'] && env['TERM'] !== 'dumb' && process.stdout.isTTY;
}
