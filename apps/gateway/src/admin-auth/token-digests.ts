import { createHash, timingSafeEqual } from 'node:crypto';

/** Tokens that are good, of which only digests are kept. */
export class TokenDigests {
  readonly digests: readonly Buffer[];

  constructor(tokens: readonly string[]) {
    this.digests = tokens.map((token) => TokenDigests.digestOf(token));
  }

  /** Digests have one length, whatever was sent: neither content nor length can be told from the time it takes. */
  matches(token: string): boolean {
    const given = TokenDigests.digestOf(token);
    return this.digests.map((digest) => timingSafeEqual(given, digest)).includes(true);
  }

  static digestOf(token: string): Buffer {
    return createHash('sha256').update(token).digest();
  }
}
