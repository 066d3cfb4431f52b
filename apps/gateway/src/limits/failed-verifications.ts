import { Injectable } from '@nestjs/common';
import { GatewayConfig } from '../gateway.config.js';
import type { Problem } from '../http/problem.js';
import type { Source } from '../http/source-ip.js';
import type { KeyVerification } from '../verification/api-key-verifier.js';
import { SessionRedis } from '../sessions/session-redis.js';
import { addressBlock } from './address-block.js';
import { Limit, tooMany } from './rate-limits.js';

const BAD: ReadonlySet<KeyVerification['outcome']> = new Set(['MALFORMED', 'UNKNOWN', 'EXPIRED', 'DELETED']);
/** Addresses that are remembered as blocked. Whoever has more of them than this finds the first ones open again. */
const MAX_BLOCKED = 10_000;

/**
 * The optional limit of refused keys per address. On the path of every call, so it waits for nothing: whether an address is
 * blocked is known here, and what is refused is counted after it is answered.
 */
@Injectable()
export class FailedVerifications {
  private readonly limit: Limit | undefined;
  private readonly blockedUntilMs = new Map<string, number>();

  constructor(redis: SessionRedis, { MAX_FAILED_VERIFICATIONS_PER_MINUTE: points }: GatewayConfig) {
    this.limit = points === 0 ? undefined : new Limit(redis, 'verification', points);
  }

  /** What to answer instead of looking at the key. */
  blockOf(source: Source): Problem | undefined {
    if (this.limit === undefined || this.blockedUntilMs.size === 0) return undefined;
    const block = addressBlock(source.ip);
    const waitMs = (this.blockedUntilMs.get(block) ?? 0) - Date.now();
    if (waitMs > 0) return tooMany('There are too many refused keys from your address.', waitMs);
    this.blockedUntilMs.delete(block);
    return undefined;
  }

  /** Only what says that the key is bad: not that it is another project's, nor that nobody knows. */
  count(source: Source, outcome: KeyVerification['outcome']): void {
    if (this.limit === undefined || !BAD.has(outcome)) return;
    const block = addressBlock(source.ip);
    void this.limit.consume(block).then((waitMs) => {
      if (waitMs === undefined) return;
      const [oldest] = this.blockedUntilMs.keys();
      if (this.blockedUntilMs.size >= MAX_BLOCKED && oldest !== undefined) this.blockedUntilMs.delete(oldest);
      this.blockedUntilMs.set(block, Date.now() + waitMs);
    });
  }
}
