import { createHash } from 'node:crypto';
import type { VerifiedKey } from './verified-key.js';

/** Good keys, by their hash, for as long as its owner has said that a deleted one may be accepted. */
export class KeyCache {
  readonly #entries = new Map<string, { key: VerifiedKey; untilMs: number }>();

  constructor(
    private readonly memoryMs: number,
    private readonly maxKeys: number,
  ) {}

  get(token: string): VerifiedKey | undefined {
    const hash = hashOf(token);
    const entry = this.#entries.get(hash);
    if (entry === undefined) return undefined;
    const { key, untilMs } = entry;
    const isExpired = key.expiresAt !== null && Date.parse(key.expiresAt) <= Date.now();
    if (performance.now() < untilMs && !isExpired) return key;
    this.#entries.delete(hash);
    return undefined;
  }

  /** @param askedAtMs by the clock of `performance` */
  set(token: string, key: VerifiedKey, askedAtMs: number): void {
    const hash = hashOf(token);
    // The oldest go first; a Map keeps the order in which they came.
    this.#entries.delete(hash);
    this.#entries.set(hash, { key, untilMs: askedAtMs + this.memoryMs });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.maxKeys && oldest !== undefined) this.#entries.delete(oldest);
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
