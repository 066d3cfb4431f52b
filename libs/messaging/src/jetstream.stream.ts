import {
  AckPolicy,
  type Consumer,
  DiscardPolicy,
  jetstream,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection as NatsClient } from '@nats-io/transport-node';

export const EVENT_STREAM = 'EVENTS';
/** Subjects of requests must never be in a stream: JetStream's acknowledgement would answer them. */
const EVENT_SUBJECTS = ['evt.>'];
/** An event that is published again within this time is recognized by the server already. Consumers must not rely on it. */
const DUPLICATE_WINDOW_MS = 120_000;
/** A message that was fetched by a process that has died goes to another one after this time. */
export const ACK_WAIT_MS = 5_000;
/** Over all replicas of a service: fetched, and neither acknowledged nor given back. */
const MAX_UNACKNOWLEDGED = 10_000;

export interface EventStreamOptions {
  /** Servers that keep a copy of each event: 1, or 3 in a cluster. */
  replicas: number;
  /** Room for events that wait for their consumer. When it is full, publishers are refused and keep theirs. */
  maxBytes: number;
}

export interface ConsumerOptions {
  /** Shared by all replicas of a service; it survives them. */
  durable: string;
  subjectFilter: string;
}

/**
 * Makes the stream of events what this version of the code wants it to be.
 *
 * An event is kept until its one consumer has acknowledged it, however long that takes, and then removed. Why not by
 * age and with many readers: docs/decisions/0004-events-are-a-work-queue.md.
 */
export async function ensureEventStream(client: NatsClient, options: EventStreamOptions): Promise<void> {
  const { streams } = await jetstreamManager(client, { checkAPI: false });
  const config = {
    subjects: EVENT_SUBJECTS,
    discard: DiscardPolicy.New,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    num_replicas: options.replicas,
    max_bytes: options.maxBytes,
  };
  try {
    await streams.update(EVENT_STREAM, config);
  } catch (error) {
    if (!isApiError(error, JetStreamApiCodes.StreamNotFound)) throw error;
    const unchangeable = { storage: StorageType.File, retention: RetentionPolicy.Workqueue };
    await streams.add({ name: EVENT_STREAM, ...unchangeable, ...config });
  }
}

/** Makes the durable consumer what this version of the code wants it to be. */
export async function ensureConsumer(client: NatsClient, options: ConsumerOptions): Promise<Consumer> {
  const { consumers } = await jetstreamManager(client, { checkAPI: false });
  const config = {
    filter_subject: options.subjectFilter,
    ack_wait: nanos(ACK_WAIT_MS),
    max_ack_pending: MAX_UNACKNOWLEDGED,
    // For ever: whether an event is beyond help is for its consumer to say, which then acknowledges it.
    max_deliver: -1,
  };
  try {
    await consumers.update(EVENT_STREAM, options.durable, config);
  } catch (error) {
    if (!isApiError(error, JetStreamApiCodes.ConsumerNotFound)) throw error;
    const unchangeable = { durable_name: options.durable, ack_policy: AckPolicy.Explicit };
    await consumers.add(EVENT_STREAM, { ...unchangeable, ...config });
  }
  return jetstream(client).consumers.get(EVENT_STREAM, options.durable);
}

/** Every message up to this place in the stream is acknowledged. Rejects when the server does not say so within the time. */
export async function readAckFloor(client: NatsClient, durable: string, timeoutMs: number): Promise<number> {
  const { consumers } = await jetstreamManager(client, { checkAPI: false, timeout: timeoutMs });
  return (await consumers.info(EVENT_STREAM, durable)).ack_floor.stream_seq;
}

function isApiError(error: unknown, code: JetStreamApiCodes): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
