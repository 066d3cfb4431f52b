import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Gauge } from 'prom-client';
import { within } from './within.js';

/** In a row, timeouts included. */
const FAILURES_TO_OPEN = 5;
const PROBE_INTERVAL_MS = 250;

const breakerOpen = new Gauge({
  name: 'redis_breaker_open',
  help: '1 while Redis is taken for unreachable and not asked, 0 while it is asked.',
});

export interface RedisLinkOptions {
  url: string;
  /** Shown by CLIENT LIST. */
  connectionName: string;
  /** Milliseconds that one call may take, from its first byte to the last of its reply. */
  budgetMs: number;
  /** A call that stands for all others: Redis is used again when it has succeeded within the budget. */
  probe: (redis: Redis) => Promise<unknown>;
}

/** Redis gave no answer that counts; `cause` says why. */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError';
}

/**
 * A connection to Redis that is quick to say no.
 *
 * Nothing is ever queued or sent again: a call is answered within its budget or fails. Five failures in a
 * row, or the loss of the connection, open the breaker: the socket is destroyed, so that no late reply and
 * no backlog survives, and every call fails at once, until a probe on a fresh connection succeeds.
 */
export class RedisLink {
  private readonly logger = new Logger(RedisLink.name);
  /** The connection in use. Undefined: the breaker is open. */
  private current: Redis | undefined;
  private candidate: Redis | undefined;
  private failuresInARow = 0;
  private probeTimer: NodeJS.Timeout | undefined;
  private lastProbeAtMs = -Infinity;
  private lastReason = '';
  private closed = false;

  constructor(private readonly options: RedisLinkOptions) {
    breakerOpen.set(1);
    this.scheduleProbe();
  }

  /**
   * @param send returns the reply if it counts, and throws if it does not
   * @throws RedisUnavailableError for every kind of failure
   */
  async call<T>(send: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = this.current;
    if (redis === undefined) throw new RedisUnavailableError('Redis is not asked: the breaker is open');
    try {
      const reply = await within(this.options.budgetMs, send(redis));
      this.failuresInARow = 0;
      return reply;
    } catch (error) {
      this.countFailure(redis, messageOf(error));
      throw new RedisUnavailableError(`Redis gave no usable answer: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Ends for good. Calls in flight fail. */
  close(): void {
    this.closed = true;
    clearTimeout(this.probeTimer);
    this.candidate?.disconnect();
    this.current?.disconnect();
    this.current = undefined;
  }

  private countFailure(redis: Redis, reason: string): void {
    // What a connection that was given up still has to say is no news about the present one.
    if (this.current !== redis) return;
    this.failuresInARow += 1;
    if (this.failuresInARow >= FAILURES_TO_OPEN) this.open(redis, reason);
  }

  private open(redis: Redis, reason: string): void {
    if (this.current !== redis) return;
    this.current = undefined;
    redis.disconnect();
    breakerOpen.set(1);
    this.report(reason);
    this.scheduleProbe();
  }

  private scheduleProbe(): void {
    if (this.closed) return;
    const delayMs = Math.max(0, this.lastProbeAtMs + PROBE_INTERVAL_MS - performance.now());
    this.probeTimer = setTimeout(() => void this.probe(), delayMs);
  }

  private async probe(): Promise<void> {
    this.lastProbeAtMs = performance.now();
    const redis = this.connection();
    this.candidate = redis;
    let connectError: Error | undefined;
    // Without a listener ioredis would write to the console. What it throws says less.
    redis.on('error', (error: Error) => {
      connectError = error;
    });
    try {
      await within(PROBE_INTERVAL_MS, redis.connect());
      await within(this.options.budgetMs, this.options.probe(redis));
      this.adopt(redis);
    } catch (error) {
      redis.disconnect();
      this.report(messageOf(connectError ?? error));
      this.scheduleProbe();
    }
  }

  private adopt(redis: Redis): void {
    if (this.closed || redis.status !== 'ready') throw new Error('the connection was closed');
    this.current = redis;
    this.failuresInARow = 0;
    breakerOpen.set(0);
    this.lastReason = '';
    this.logger.log('Redis answers');
  }

  /** One connection, for one life: reconnecting is the business of the probe. */
  private connection(): Redis {
    const redis = new Redis(this.options.url, {
      lazyConnect: true,
      retryStrategy: () => null,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      // The probe says more than the ready check and costs one round trip less.
      enableReadyCheck: false,
      disableClientInfo: true,
      connectionName: this.options.connectionName,
      // disconnect() is to destroy the socket, not to wait for the peer to close its side.
      disconnectTimeout: 0,
    });
    redis.once('close', () => {
      this.open(redis, 'the connection was closed');
    });
    return redis;
  }

  private report(reason: string): void {
    // Four probes a second would say the same again and again.
    if (this.closed || reason === this.lastReason) return;
    this.lastReason = reason;
    this.logger.warn(`Redis is out of reach: ${reason}`);
  }
}

function messageOf(error: unknown): string {
  // A host name with several addresses, none of which answers.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
