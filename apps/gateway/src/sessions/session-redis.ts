import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Redis } from 'ioredis';
import { once } from 'node:events';
import { Gauge } from 'prom-client';
import { GatewayConfig } from '../gateway.config.js';
import { Problem, RETRY_AFTER } from '../http/problem.js';

const COMMAND_TIMEOUT_MS = 500;
const RECONNECT_MS = 250;
/** A server that has said nothing for so long although it was asked is connected to anew. */
const SILENCE_MS = 2_000;
const START_PATIENCE_MS = 2_000;

const up = new Gauge({
  name: 'session_redis_up',
  help: '1 while the Redis of sessions and rate limits is connected, else 0.',
});

/**
 * The connection to the Redis of sessions and rate limits. A command is answered within half a second or fails; none waits
 * for a connection. The gateway runs without it, as keys are verified without it: who is signed in gets 503 meanwhile.
 */
@Injectable()
export class SessionRedis implements OnModuleInit, OnApplicationShutdown {
  readonly client: Redis;
  private readonly logger = new Logger(SessionRedis.name);
  private lastReason = '';

  constructor(config: GatewayConfig) {
    this.client = new Redis(config.SESSION_REDIS_URL, {
      connectionName: 'gateway',
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: SILENCE_MS,
      socketTimeout: SILENCE_MS,
      retryStrategy: () => RECONNECT_MS,
      // Asks for INFO, which our user may not.
      enableReadyCheck: false,
      disableClientInfo: true,
    });
    up.set(0);
    this.client.on('ready', () => {
      up.set(1);
      this.lastReason = '';
      this.logger.log('The Redis of sessions answers');
    });
    this.client.on('close', () => {
      up.set(0);
    });
    this.client.on('error', ({ message }: Error) => {
      // Four attempts a second would say the same again and again.
      if (message !== this.lastReason) this.logger.warn(`The Redis of sessions is out of reach: ${message}`);
      this.lastReason = message;
    });
  }

  /** Waits a little, so that the first request after a start finds it connected. */
  async onModuleInit(): Promise<void> {
    this.client.connect().catch(() => undefined);
    await once(this.client, 'ready', { signal: AbortSignal.timeout(START_PATIENCE_MS) }).catch(
      () => undefined,
    );
  }

  onApplicationShutdown(): void {
    this.client.disconnect();
  }

  /** @throws Problem 503: that sessions cannot be read is no reason to take somebody for signed out. */
  async ask<T>(send: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      return await send(this.client);
    } catch (error) {
      this.logger.debug(`The Redis of sessions gave no answer: ${String(error)}`);
      throw new Problem('unavailable', {
        detail: 'Sessions cannot be read at the moment. You are not signed out: try again.',
        headers: RETRY_AFTER,
      });
    }
  }
}
