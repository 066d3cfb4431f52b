import { EventEmitter, once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import {
  AuthorizationError,
  connect,
  type ConnectionOptions,
  type NatsConnection as NatsClient,
} from '@nats-io/transport-node';
import type { ServiceConfig } from '#config';
import type { Readiness } from '#observability';

export type NatsConfig = Pick<ServiceConfig, 'NATS_URL' | 'NATS_USER' | 'NATS_PASSWORD'>;

const RECONNECT_WAIT_MS = 100;
/** One attempt to connect, TCP and handshake together. */
const CONNECT_TIMEOUT_MS = 2_000;
/** Two unanswered pings end a connection, so a silent server is noticed within three seconds. */
const PING_INTERVAL_MS = 1_000;

/**
 * The one connection of a process to NATS, shared by requests, answers and JetStream. It is connected when it
 * is injected; when it is lost it comes back by itself, however long that takes.
 */
export class NatsConnection {
  private static readonly logger = new Logger(NatsConnection.name);
  private readonly reconnections = new EventEmitter().setMaxListeners(0);
  private lostAt: number | undefined;
  private closing = false;
  private lossCount = 0;

  private constructor(readonly client: NatsClient) {
    void this.watch();
  }

  /**
   * Waits for NATS as long as it takes; meanwhile `readiness` says why.
   *
   * @param service user name apart, everything is called after it: the connection and its inboxes.
   * @throws AuthorizationError when NATS refuses the credentials: waiting does not make them right.
   */
  static async open(service: string, config: NatsConfig, readiness: Readiness): Promise<NatsConnection> {
    let problem: Error | undefined = new Error('is not connected yet');
    let connection: NatsConnection | undefined;
    readiness.add('nats', () => {
      if (problem !== undefined) throw problem;
      connection?.assertConnected();
    });
    for (;;) {
      try {
        connection = new NatsConnection(await connect(connectionOptions(service, config)));
        problem = undefined;
        return connection;
      } catch (error) {
        if (error instanceof AuthorizationError) throw error;
        const reason = reasonOf(error);
        if (reason.message !== problem?.message)
          this.logger.warn('Waiting for NATS', { reason: reason.message });
        problem = reason;
        await setTimeout(RECONNECT_WAIT_MS);
      }
    }
  }

  /** @throws while the connection is lost. */
  assertConnected(): void {
    if (this.client.isClosed()) throw new Error('closed');
    if (this.lostAt !== undefined) throw new Error('disconnected');
  }

  /** How often the connection has been lost so far. */
  get losses(): number {
    return this.lossCount;
  }

  /** How many of these are over. */
  get endedLosses(): number {
    return this.lostAt === undefined ? this.lossCount : this.lossCount - 1;
  }

  /** Resolves when the connection has come back the next time. @throws AbortError */
  async reconnection(signal: AbortSignal): Promise<void> {
    await once(this.reconnections, 'reconnected', { signal });
  }

  /**
   * Resolves at once while connected, else on reconnection.
   *
   * @throws AbortError when that takes longer than `withinMs`.
   */
  async whenConnected(withinMs: number): Promise<void> {
    if (this.lostAt === undefined) return;
    const signal = AbortSignal.timeout(Math.ceil(withinMs));
    await once(this.reconnections, 'reconnected', { signal });
  }

  /** Everything sent so far, subscriptions too, has reached a server. Waits for one if need be. */
  async flush(): Promise<void> {
    for (;;) {
      try {
        await this.client.flush();
        return;
      } catch (error) {
        if (this.client.isClosed()) throw error;
        await setTimeout(RECONNECT_WAIT_MS);
      }
    }
  }

  /** Resolves with the reason if the client ever gives up, which leaves the process deaf; not after {@link close}. */
  async lost(): Promise<Error> {
    const reason = await this.client.closed();
    if (this.closing) return new Promise(() => undefined);
    return reason instanceof Error ? reason : new Error('The connection to NATS was closed');
  }

  /** Sends what is waiting to be sent, then closes. */
  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    try {
      if (this.lostAt === undefined) await this.client.drain();
    } catch {
      // Lost meanwhile: nobody is there to send the rest to.
    }
    await this.client.close();
  }

  private async watch(): Promise<void> {
    const { logger } = NatsConnection;
    for await (const status of this.client.status()) {
      // While NATS is away the client reports `disconnect` at each attempt; one line tells it.
      if (status.type === 'disconnect' && this.lostAt === undefined) {
        this.lostAt = performance.now();
        this.lossCount += 1;
        if (!this.closing) logger.warn('Lost the connection to NATS', { server: status.server });
      } else if (status.type === 'reconnect' && this.lostAt !== undefined) {
        logger.log('Connected to NATS again', {
          server: status.server,
          lostMs: Math.round(performance.now() - this.lostAt),
        });
        this.lostAt = undefined;
        this.reconnections.emit('reconnected');
      } else if (status.type === 'error') {
        logger.error('NATS reports an error', status.error);
      }
    }
  }
}

/** The client wraps what says most: which address refused. */
function reasonOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.cause instanceof Error ? error.cause : error;
}

function connectionOptions(service: string, config: NatsConfig): ConnectionOptions {
  const servers = config.NATS_URL.split(',').map((url) => url.trim());
  return {
    name: service,
    servers,
    // `tls://` insists on it; `nats://` takes it where the server offers it.
    ...(servers.some((url) => url.startsWith('tls://')) ? { tls: {} } : {}),
    ...(config.NATS_USER === undefined ? {} : { user: config.NATS_USER }),
    ...(config.NATS_PASSWORD === undefined ? {} : { pass: config.NATS_PASSWORD }),
    // A user may listen to its own inboxes only.
    inboxPrefix: `_INBOX.${service}`,
    timeout: CONNECT_TIMEOUT_MS,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    // The defaults give up after 20 s, or after two refused logins, and leave the process alive and deaf.
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    pingInterval: PING_INTERVAL_MS,
    // Would capture a stack trace for each request.
    noAsyncTraces: true,
  };
}
