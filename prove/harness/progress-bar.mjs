import { Progress } from '../../tools/stack/terminal.mjs';

const WIDTH = 24;
const LINE_EVERY_MS = 15_000;

/** How far a proof has come: redrawn on a terminal, a line every 15 s elsewhere. */
export class ProgressBar {
  #progress = new Progress();
  #minutes;
  #lastLineAtMs = -Infinity;

  /** @param {number} minutes */
  constructor(minutes) {
    this.#minutes = minutes;
  }

  /** @param {string} message */
  step(message) {
    this.#progress.step(message);
  }

  /** @param {import('./command.mjs').ProofState} state */
  show({ figures, elapsedMs, present }) {
    const isTerminal = process.stdout.isTTY;
    if (!isTerminal && elapsedMs - this.#lastLineAtMs < LINE_EVERY_MS) return;
    this.#lastLineAtMs = elapsedMs;
    const part = Math.min(1, elapsedMs / (this.#minutes * 60_000));
    const bar = '█'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '░');
    const now = present.length === 0 ? '' : ` | ${present.join('; ')}`;
    this.step(`${bar} ${Math.round(part * 100)} %  ${figures}${isTerminal ? '' : now}`);
  }

  done() {
    this.#progress.done();
  }
}
