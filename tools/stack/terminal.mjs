import { styleText } from 'node:util';

const isColorful = process.stdout.isTTY && !process.env['NO_COLOR'];

/** Colours only where a person sees them. @param {Parameters<typeof styleText>[0]} style @param {string} text */
export function paint(style, text) {
  return isColorful && text !== '' ? styleText(style, text) : text;
}

/** What is being done right now, and for how long: one line on a terminal, a line per step elsewhere. */
export class Progress {
  #message = '';
  #startedAt = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /** @param {string} message */
  step(message) {
    if (message === this.#message) return;
    this.#message = message;
    this.#startedAt = performance.now();
    if (!process.stdout.isTTY) {
      console.log(`… ${message}`);
      return;
    }
    this.#timer ??= setInterval(() => this.#draw(), 500);
    this.#draw();
  }

  /** Takes the line away. */
  done() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (process.stdout.isTTY && this.#message) process.stdout.write('\r\x1b[K');
    this.#message = '';
  }

  #draw() {
    const seconds = Math.floor((performance.now() - this.#startedAt) / 1000);
    process.stdout.write(`\r\x1b[K… ${this.#message}${seconds > 0 ? ` (${seconds} s)` : ''}`);
  }
}
