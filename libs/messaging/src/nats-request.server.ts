import { Injectable } from '@nestjs/common';
import {
  type CustomTransportStrategy,
  type MessageHandler,
  NatsContext,
  Server,
  Transport,
} from '@nestjs/microservices';
import type { Msg, Subscription } from '@nats-io/transport-node';
import { Gauge, Histogram } from 'prom-client';
import { isObservable, lastValueFrom } from 'rxjs';
import { DomainError } from '#contracts';
import { requestContext } from '#observability';
import { contextOf } from './message-headers.js';
import { NatsConnection } from './nats-connection.js';
import { toWireError } from './wire-error.js';

const handlerSeconds = new Histogram({
  name: 'bus_handler_seconds',
  help: 'Time from the arrival of a request to its answer.',
  labelNames: ['subject', 'outcome'],
  buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15],
});
const handlersInFlight = new Gauge({ name: 'bus_handlers_in_flight', help: 'Requests being handled now.' });

/**
 * Answers requests in Nest's wire format, as Nest's own NATS server does, with what that one lacks: handlers run
 * in the request's context, `listen` is over when the subscriptions have reached the server, and `close` answers
 * what is in flight.
 */
@Injectable()
export class NatsRequestServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Transport.NATS;
  private subscriptions: Subscription[] = [];
  private inFlight = 0;
  private whenIdle: (() => void) | undefined;

  constructor(
    private readonly connection: NatsConnection,
    /** The queue group: each request goes to one replica. */
    private readonly service: string,
  ) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.subscribe().then(() => {
      callback();
    }, callback);
  }

  /** Takes no new requests and resolves when those in flight have been answered. */
  async close(): Promise<void> {
    await Promise.all(this.subscriptions.filter((one) => !one.isClosed()).map((one) => one.drain()));
    this.subscriptions = [];
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.whenIdle = resolve));
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- declared so by Server
  unwrap<T>(): T {
    return this.connection.client as T;
  }

  on(): never {
    throw new Error('This server has no events; the connection logs what happens to it');
  }

  private async subscribe(): Promise<void> {
    for (const [subject, handler] of this.messageHandlers) {
      const subscription = this.connection.client.subscribe(subject, {
        queue: this.service,
        callback: (error, message) => {
          if (error) this.logger.error(`No more requests to ${subject}: ${error.message}`);
          else void this.handle(subject, handler, message);
        },
      });
      this.subscriptions.push(subscription);
    }
    await this.connection.flush();
    // NATS ends a subscription that is not permitted before it answers the flush.
    const refused = this.subscriptions.filter((one) => one.isClosed()).map((one) => one.getSubject());
    if (refused.length > 0) throw new Error(`NATS does not permit to subscribe to ${refused.join(', ')}`);
  }

  private async handle(subject: string, handler: MessageHandler, message: Msg): Promise<void> {
    const stop = handlerSeconds.startTimer({ subject });
    this.inFlight++;
    handlersInFlight.inc();
    const context = contextOf(message);
    const answer = await (context === undefined
      ? answerTo(message, handler)
      : requestContext.run(context, () => answerTo(message, handler)));
    this.respond(message, answer);
    stop({ outcome: 'err' in answer ? 'error' : 'ok' });
    handlersInFlight.dec();
    if (--this.inFlight === 0) this.whenIdle?.();
  }

  private respond(message: Msg, answer: Answer): void {
    try {
      message.respond(JSON.stringify(answer));
    } catch (error) {
      // Too large, most likely. A closed connection is the other case, and then nobody hears this either.
      this.logger.error(error);
      if (!this.connection.client.isClosed()) {
        message.respond(JSON.stringify({ id: answer.id, err: toWireError(error), isDisposed: true }));
      }
    }
  }
}

type Answer = { id: unknown; isDisposed: true } & ({ response: unknown } | { err: unknown });

/** Never rejects: a failure is an answer too. */
async function answerTo(message: Msg, handler: MessageHandler): Promise<Answer> {
  let id: unknown;
  try {
    const packet = packetIn(message);
    id = packet.id;
    const result: unknown = await handler(packet.data, new NatsContext([message.subject, message.headers]));
    const response: unknown = isObservable(result) ? await lastValueFrom(result) : result;
    return { id, response, isDisposed: true };
  } catch (error) {
    // Filters have made a plain object of it; an Error has escaped them.
    return { id, err: error instanceof Error ? toWireError(error) : error, isDisposed: true };
  }
}

function packetIn(message: Msg): { id?: unknown; data?: unknown } {
  let packet: unknown;
  try {
    packet = message.json();
  } catch {
    // Answered below like any other content that is no packet.
  }
  if (typeof packet !== 'object' || packet === null) {
    throw new DomainError('INVALID_REQUEST', 'The message is not a JSON object.');
  }
  return packet;
}
