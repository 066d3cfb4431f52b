import { setTimeout } from 'node:timers/promises';
import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { Logger } from '@nestjs/common';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { Counter, Histogram } from 'prom-client';
import { isObservable, lastValueFrom } from 'rxjs';
import { DomainError, type EventContract, type EventMessage } from '#contracts';
import { type Readiness, requestContext, requestContextFrom } from '#observability';
import { type EventBatch, readEventBatch } from './jetstream.event-batch.js';
import { Horizon } from './jetstream.horizon.js';
import { inBatches } from './jetstream.in-batches.js';
import {
  ACK_WAIT_MS,
  ensureConsumer,
  ensureEventStream,
  type EventStreamOptions,
  readAckFloor,
} from './jetstream.stream.js';
import type { NatsConnection } from './nats-connection.js';
import { JETSTREAM } from './reacts.js';

export interface JetStreamServerOptions extends EventStreamOptions {
  /** Name of the durable consumer: one for all replicas of a service. */
  service: string;
  /** How many events are handled at once: twice as many a second, as that is how often they are. */
  batchEvents: number;
}

const BATCH = {
  /** Bounds memory, and the time that handling takes. */
  maxBytes: 8 * 1024 * 1024,
  bytesOf: (message: JsMsg) => message.data.length,
  /** Two transactions a second, however much traffic there is. */
  intervalMs: 500,
};
/**
 * How many messages wait here while a batch is handled: few, because JetStream gives them to somebody else when they
 * wait for too long. How long the server holds a request for them, and how often it says that it is there meanwhile.
 */
const PULL = { max_messages: 64, expires: 2_000, idle_heartbeat: 1_000 };
/** After something has failed: before events are delivered again, and before the stream is set up again. */
const RETRY_MS = 1_000;
/** Several of these fit into the time after which JetStream would give the messages to another replica. */
const WORKING_INTERVAL_MS = ACK_WAIT_MS / 4;

/** For JetStream to take acknowledgements, and to say how far they go. */
const ACK_TIMEOUT_MS = 1_000;

const eventsHandled = new Counter({
  name: 'events_handled_total',
  help: 'Events that were fetched: acknowledged after handling, or given back because it failed.',
  labelNames: ['outcome'],
});
const batchSeconds = new Histogram({
  name: 'event_batch_seconds',
  help: 'Time that a service took to handle the events that it had fetched at once.',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

/** What `@Reacts` has registered. */
interface Reaction {
  subjectFilter: string;
  contracts: readonly EventContract<EventMessage>[];
  handler: MessageHandler;
}

/**
 * Gives the events of a durable JetStream consumer to the one `@Reacts` method of a service, a batch at a time, and
 * acknowledges a batch when the method has resolved. Sets up stream and consumer, and does so again whenever they
 * are gone: a server that is away, or an operator who has deleted something, only makes it wait.
 */
export class JetStreamServer extends Server implements CustomTransportStrategy {
  override readonly transportId = JETSTREAM;
  protected override readonly logger = new Logger(JetStreamServer.name);
  private readonly stopping = new AbortController();
  private messages: ConsumerMessages | undefined;
  private running = Promise.resolve();
  private lastReason: string | undefined;
  private problem: Error | undefined = new Error('is not consuming events yet');

  constructor(
    private readonly connection: NatsConnection,
    private readonly options: JetStreamServerOptions,
    readiness: Readiness,
  ) {
    super();
    readiness.add('jetstream', () => {
      if (this.problem) throw this.problem;
    });
  }

  /** Does not wait for JetStream: readiness tells. */
  listen(callback: () => void): void {
    this.running = this.run(this.reaction());
    callback();
  }

  /** Asks for no more messages, and resolves when those that have been fetched are handled. */
  async close(): Promise<void> {
    this.stopping.abort();
    this.messages?.stop();
    await this.running;
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- declared so by Server
  unwrap<T>(): T {
    return this.connection.client as T;
  }

  on(): never {
    throw new Error('This server has no events; it logs what happens to it');
  }

  private reaction(): Reaction {
    const [registered, ...others] = this.messageHandlers;
    if (registered === undefined || others.length > 0) {
      throw new Error('A service that consumes events has one method with @Reacts, which gets all of them');
    }
    const [subjectFilter, handler] = registered;
    return { subjectFilter, handler, contracts: handler.extras?.['contracts'] as Reaction['contracts'] };
  }

  /** Never rejects. */
  private async run(reaction: Reaction): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.consume(await this.setUp(reaction.subjectFilter), reaction);
      } catch (error) {
        this.problem = error instanceof Error ? error : new Error(String(error));
        this.report('Waiting for the stream of events', this.problem);
      }
      await this.pause();
    }
  }

  private async setUp(subjectFilter: string): Promise<Consumer> {
    const { client } = this.connection;
    await ensureEventStream(client, this.options);
    return ensureConsumer(client, { durable: this.options.service, subjectFilter });
  }

  /** Until this server closes. Rejects when the consumer or its stream is gone. */
  private async consume(consumer: Consumer, reaction: Reaction): Promise<void> {
    const messages = await consumer.consume(PULL);
    this.messages = messages;
    if (this.stopping.signal.aborted) messages.stop();
    void stopWhenGone(messages);
    this.problem = undefined;
    this.lastReason = undefined;
    this.logger.log('Consuming events', { consumer: this.options.service, subjects: reaction.subjectFilter });
    const horizon = new Horizon();
    const limits = { ...BATCH, maxItems: this.options.batchEvents };
    for await (const batch of inBatches(messages, limits)) {
      if (!(await this.handle(batch, reaction))) continue;
      horizon.note(batch);
      await this.moveHorizon(horizon, reaction);
    }
  }

  /** Never rejects: the batch is acknowledged, or comes again. False when nobody knows that it does not. */
  private async handle(messages: readonly JsMsg[], reaction: Reaction): Promise<boolean> {
    const stop = batchSeconds.startTimer();
    const heartbeat = setInterval(() => {
      respond(messages, (message) => {
        message.working();
      });
    }, WORKING_INTERVAL_MS);
    try {
      await this.react(readEventBatch(messages, reaction.contracts), reaction);
      const isTaken = await acknowledge(messages);
      eventsHandled.inc({ outcome: 'acknowledged' }, messages.length);
      return isTaken;
    } catch (error) {
      respond(messages, (message) => {
        message.nak(RETRY_MS);
      });
      eventsHandled.inc({ outcome: 'given back' }, messages.length);
      this.report('Events will come again: handling them failed', error);
      await this.pause();
      return false;
    } finally {
      clearInterval(heartbeat);
      stop();
    }
  }

  /** Never rejects: what cannot be told now is told after the next batch. */
  private async moveHorizon(horizon: Horizon, reaction: Reaction): Promise<void> {
    try {
      const { client } = this.connection;
      const ackFloor = await readAckFloor(client, this.options.service, ACK_TIMEOUT_MS);
      const handledBefore = horizon.moveTo(ackFloor);
      if (handledBefore !== undefined)
        await this.react({ events: [], malformed: [], handledBefore }, reaction);
      this.lastReason = undefined;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== this.lastReason)
        this.logger.warn('How far events are handled cannot be told', { reason });
      this.lastReason = reason;
    }
  }

  private async react(batch: EventBatch<EventMessage>, { handler }: Reaction): Promise<void> {
    await requestContext.run(requestContextFrom({}), async () => {
      const result: unknown = await handler(batch);
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    });
  }

  /** {@link RETRY_MS}, or less when this server closes. */
  private async pause(): Promise<void> {
    await setTimeout(RETRY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  /** What is away is away for many attempts, and one line tells it. A defect comes with its stack. */
  private report(message: string, error: unknown): void {
    const reason = reasonOf(error);
    if (reason === this.lastReason) return;
    this.lastReason = reason;
    if (error === this.problem || error instanceof DomainError) this.logger.warn(message, { reason });
    else this.logger.error(message, error);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The client would wait for a deleted consumer to come back. */
async function stopWhenGone(messages: ConsumerMessages): Promise<void> {
  for await (const { type } of messages.status()) {
    if (type === 'consumer_deleted' || type === 'consumer_not_found' || type === 'stream_not_found') {
      messages.stop(new Error(`JetStream says: ${type}`));
    }
  }
}

/** Resolves with whether JetStream has taken them: it takes them in order, and is asked for the last one. */
async function acknowledge(messages: readonly JsMsg[]): Promise<boolean> {
  respond(messages.slice(0, -1), (message) => {
    message.ack();
  });
  const last = messages.at(-1)?.ackAck({ timeout: ACK_TIMEOUT_MS });
  return last?.catch(() => false) ?? false;
}

/** An answer that does not arrive does no harm: the message comes again, and is recognized. */
function respond(messages: readonly JsMsg[], answer: (message: JsMsg) => void): void {
  for (const message of messages) {
    try {
      answer(message);
    } catch {
      // The connection has been closed.
    }
  }
}
