/** A class whose instances travel over the bus as JSON; class-validator decorators on it are the validation. */
export type MessageClass<T extends object> = new () => T;

export type RequestSubject = `req.${string}.v${number}.${string}`;
/** Events are facts that have happened: the last word is a past participle. */
export type EventSubject = `evt.${string}.v${number}.${string}ed`;

/** A question with one answer: subject, request class and response class in one value, used by both sides. */
export interface RequestContract<Req extends object, Res extends object> {
  readonly kind: 'request';
  readonly subject: RequestSubject;
  readonly Request: MessageClass<Req>;
  readonly Response: MessageClass<Res>;
}

/** A fact published once and consumed at least once, so consumers must be idempotent. */
export interface EventContract<E extends EventMessage> {
  readonly kind: 'event';
  readonly subject: EventSubject;
  readonly Event: MessageClass<E>;
}

export interface EventMessage {
  /** Also the `Nats-Msg-Id`: the same fact published again carries the same id. */
  eventId: string;
  /** ISO 8601, UTC. */
  occurredAt: string;
}

export function request<Req extends object, Res extends object>(
  subject: RequestSubject,
  Request: MessageClass<Req>,
  Response: MessageClass<Res>,
): RequestContract<Req, Res> {
  assertSubject(subject, /^req\.[a-z-]+\.v\d+\.[a-z-]+$/);
  return Object.freeze({ kind: 'request', subject, Request, Response });
}

export function event<E extends EventMessage>(
  subject: EventSubject,
  Event: MessageClass<E>,
): EventContract<E> {
  assertSubject(subject, /^evt\.[a-z-]+\.v\d+\.[a-z-]+ed$/);
  return Object.freeze({ kind: 'event', subject, Event });
}

/** The template-literal types admit dots and capitals inside a segment; the bus permissions do not. */
function assertSubject(subject: string, form: RegExp): void {
  if (!form.test(subject)) {
    throw new TypeError(`"${subject}" is not a subject of the form ${form.source}`);
  }
}
