import { GRANTED, KeyFence } from '#key-fence';
import { Injectable } from '@nestjs/common';
import type { KeyRecord } from './decide.js';
import type { RecordsRead } from './key-records.js';
import { fromText, toText } from './record-text.js';

export interface CacheLookup {
  /** In the order of the key hashes; undefined where the cache knows nothing. */
  readonly records: readonly (KeyRecord | undefined)[];
  /** The key hashes whose entries this batch, and nobody else, may fill. */
  readonly fillable: readonly string[];
  readonly token: string;
}

/**
 * Records of active keys in Redis, under the protocol of `#key-fence`. Redis makes verification fast, never
 * right: whatever it fails to do, PostgreSQL is asked instead.
 */
@Injectable()
export class KeyCache {
  constructor(private readonly keyFence: KeyFence) {}

  /** Never fails: without Redis, nothing is cached and nothing may be filled. */
  async lookup(keyHashes: readonly string[]): Promise<CacheLookup> {
    try {
      const { token, answers } = await this.keyFence.lookup(keyHashes);
      return {
        records: answers.map((answer) => (typeof answer === 'string' ? fromText(answer) : undefined)),
        fillable: keyHashes.filter((_keyHash, i) => answers[i] === GRANTED),
        token,
      };
    } catch {
      // What went wrong has been counted, and logged when it began, by the connection to Redis.
      return { records: keyHashes.map(() => undefined), fillable: [], token: '' };
    }
  }

  /**
   * Caches the active ones of the records that were read after `lookup`, and gives the tokens of all others back. Records,
   * not verdicts: an expired key is cached as well.
   *
   * Nobody waits for it. The answer to the caller does not depend on the outcome, and however late the fill
   * arrives, Redis refuses it once a fence, F or a restart has taken the token. It is sent before the
   * answer is, and on the same connection as the next look-up: whoever asks the same replica again finds
   * the entry.
   */
  fill({ fillable, token }: CacheLookup, { byHash, cacheableMs }: RecordsRead): void {
    const items = fillable.flatMap((keyHash) => {
      const record = byHash.get(keyHash);
      return record?.state === 'active' ? [{ keyHash, record: toText(record) }] : [];
    });
    const filled = new Set(cacheableMs > 0 ? items.map(({ keyHash }) => keyHash) : []);
    const unneeded = fillable.filter((keyHash) => !filled.has(keyHash));
    if (unneeded.length > 0) {
      this.keyFence.release(unneeded, token).catch(() => {
        // They end by themselves, after F.
      });
    }
    if (filled.size > 0) {
      this.keyFence.fill(items, token, cacheableMs).catch(() => {
        // Not cached: the next verification asks PostgreSQL again.
      });
    }
  }

  /** Whether entries and fill tokens are certainly gone. */
  async fence(keyHashes: readonly string[]): Promise<boolean> {
    try {
      await this.keyFence.fence(keyHashes);
      return true;
    } catch {
      return false;
    }
  }
}
