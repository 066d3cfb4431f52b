import { Injectable } from '@nestjs/common';
import { jetstream } from '@nats-io/jetstream';
import { DomainError, type EventContract, type EventMessage } from '#contracts';
import { EVENT_STREAM } from './jetstream.stream.js';
import { contextHeaders } from './message-headers.js';
import { NatsConnection } from './nats-connection.js';

const DEFAULT_TIMEOUT_MS = 2_000;

/** Publishes facts to the stream of events. */
@Injectable()
export class EventPublisher {
  constructor(private readonly connection: NatsConnection) {}

  /**
   * Resolves when JetStream has stored the event. After a failure it may have been stored or not: publish it again
   * with the same `eventId`, by which the server and the consumers recognize it.
   *
   * @param timeoutMs waiting for a lost connection included.
   * @throws DomainError `UNAVAILABLE`, whatever went wrong.
   */
  async publish<E extends EventMessage>(
    { subject }: EventContract<E>,
    event: E,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    try {
      await this.connection.whenConnected(timeoutMs);
      await jetstream(this.connection.client).publish(subject, JSON.stringify(event), {
        msgID: event.eventId,
        ...contextHeaders(),
        timeout: Math.max(1, deadline - performance.now()),
        // An acknowledgement of any other stream would be worth nothing.
        expect: { streamName: EVENT_STREAM },
      });
    } catch (error) {
      throw new DomainError('UNAVAILABLE', undefined, [], { cause: error });
    }
  }
}
