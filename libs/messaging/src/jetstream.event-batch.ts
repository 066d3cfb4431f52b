import { validateSync } from 'class-validator';
import type { EventContract, EventMessage } from '#contracts';

/** What was fetched from the stream at once, to be handled as a whole. */
export interface EventBatch<E extends EventMessage> {
  /** Instances of the events' classes, validated. Any of them may be a repetition. */
  readonly events: readonly E[];
  /** They will not come again: whoever handles the batch keeps them for people to look at. */
  readonly malformed: readonly MalformedEvent[];
  /**
   * Every event that was stored before this moment has been handled, by this replica or another one. It comes alone,
   * after the events that moved it were acknowledged; not there when that cannot be told.
   */
  readonly handledBefore?: Date;
}

/** A message of the stream that is not what its subject says. */
export interface MalformedEvent {
  readonly subject: string;
  /** Its place in the stream. A stream that was made anew counts from 1 again, so it takes both to tell two apart. */
  readonly streamSequence: number;
  readonly publishedAt: Date;
  readonly payload: Uint8Array;
  /** For people. */
  readonly reason: string;
}

/** The part of a JetStream message that is read here. */
export interface StoredMessage {
  readonly subject: string;
  readonly seq: number;
  readonly time: Date;
  readonly data: Uint8Array;
}

/** Reads messages by the contracts of their subjects. Never throws: what cannot be read is in `malformed`. */
export function readEventBatch<E extends EventMessage>(
  messages: readonly StoredMessage[],
  contracts: readonly EventContract<E>[],
): EventBatch<E> {
  const events: E[] = [];
  const malformed: MalformedEvent[] = [];
  for (const message of messages) {
    const contract = contracts.find(({ subject }) => subject === message.subject);
    const event =
      contract === undefined ? 'nothing reacts to this subject' : readEvent(contract, message.data);
    if (typeof event !== 'string') {
      events.push(event);
      continue;
    }
    const { subject, seq: streamSequence, time: publishedAt, data: payload } = message;
    malformed.push({ subject, streamSequence, publishedAt, payload, reason: event });
  }
  return { events, malformed };
}

/**
 * The event, or why it is none. Fields that its class does not declare are ignored: a newer publisher may add some.
 *
 * Not with class-transformer, which takes several times as long as parsing and validating together: events are flat.
 */
function readEvent<E extends EventMessage>(contract: EventContract<E>, payload: Uint8Array): E | string {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return 'not JSON';
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return 'not a JSON object';
  try {
    const event = Object.assign(new contract.Event(), content);
    const errors = validateSync(event, { forbidUnknownValues: true, stopAtFirstError: true });
    if (errors.length === 0) return event;
    return errors.flatMap(({ constraints }) => Object.values(constraints ?? {})).join('; ');
  } catch {
    // Fields that are called `constructor` or `__proto__` confuse the validator.
    return 'cannot be validated';
  }
}
