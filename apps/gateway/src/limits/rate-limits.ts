import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { GatewayConfig } from '../gateway.config.js';
import { Problem } from '../http/problem.js';
import { SessionRedis } from '../sessions/session-redis.js';
import { addressBlock } from './address-block.js';

const WINDOW_S = 60;

/**
 * How often one may do something within a minute. Counted in Redis for all gateways together, and by each for itself while
 * Redis is away: a limit is no reason to stop.
 */
@Injectable()
export class RateLimits {
  private readonly signIns: Limit;
  private readonly failedCredentials: Limit;
  private readonly changes: Limit;

  constructor(redis: SessionRedis, config: GatewayConfig) {
    this.signIns = new Limit(redis, 'sign-in', config.MAX_SIGN_INS_PER_MINUTE);
    this.failedCredentials = new Limit(redis, 'failed', config.MAX_FAILED_CREDENTIALS_PER_MINUTE);
    this.changes = new Limit(redis, 'change', config.MAX_CHANGES_PER_MINUTE);
  }

  /** @throws Problem 429 */
  async countSignIn({ ip }: FastifyRequest): Promise<void> {
    await this.signIns.count(addressBlock(ip), 'There are too many attempts to sign in from your address.');
  }

  /** @throws Problem 429, instead of the 401 that the credential deserves */
  async countFailedCredential({ ip }: FastifyRequest): Promise<void> {
    await this.failedCredentials.count(
      addressBlock(ip),
      'There are too many requests with invalid credentials from your address.',
    );
  }

  /** @throws Problem 429 */
  async countChange(actor: string): Promise<void> {
    await this.changes.count(actor, 'You ask for too many changes at a time.');
  }
}

/** One number per minute and key; 0 is no limit, and costs nothing. */
export class Limit {
  private readonly limiter: RateLimiterRedis | undefined;

  constructor({ client }: SessionRedis, name: string, points: number) {
    if (points === 0) return;
    const window = { points, duration: WINDOW_S, keyPrefix: `limit:${name}` };
    this.limiter = new RateLimiterRedis({
      ...window,
      storeClient: client,
      rejectIfRedisNotReady: true,
      // Whoever is over the limit costs Redis nothing.
      inMemoryBlockOnConsumed: points + 1,
      insuranceLimiter: new RateLimiterMemory(window),
    });
  }

  /** @throws Problem 429 when it is once too often */
  async count(key: string, detail: string): Promise<void> {
    const waitMs = await this.consume(key);
    if (waitMs !== undefined) throw tooMany(detail, waitMs);
  }

  /** @returns milliseconds until it may be done again, when it is once too often */
  async consume(key: string): Promise<number | undefined> {
    try {
      await this.limiter?.consume(key);
      return undefined;
    } catch (error) {
      if (error instanceof RateLimiterRes) return error.msBeforeNext;
      throw error;
    }
  }
}

export function tooMany(detail: string, waitMs: number): Problem {
  return new Problem('too_many_requests', {
    detail,
    headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) },
  });
}
