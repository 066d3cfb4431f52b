import type { FetchResponse } from './fetch.js';
import type { ExpiryWarning } from './settings.js';

const DAY_MS = 86_400_000;

/** The gateway says when the key of a call is about to expire; its caller is told once. */
export class ExpiryWatch {
  #hasWarned = false;

  constructor(private readonly warn: (warning: ExpiryWarning) => void) {}

  look(headers: FetchResponse['headers']): void {
    const expiresAt = headers.get('x-api-key-expires-at');
    if (expiresAt === null || this.#hasWarned) return;
    const at = Date.parse(expiresAt);
    if (Number.isNaN(at)) return;
    this.#hasWarned = true;
    // The gateway's clock decides, and the one here may be wrong.
    const sentAt = Date.parse(headers.get('date') ?? '');
    const days = Math.floor((at - (Number.isNaN(sentAt) ? Date.now() : sentAt)) / DAY_MS);
    const when = days < 1 ? 'in less than a day' : `in ${days} ${days === 1 ? 'day' : 'days'}`;
    const message = `The Traylinx API key expires ${when} (${expiresAt}). Have a replacement made before that.`;
    this.warn({ message, expiresAt });
  }
}
