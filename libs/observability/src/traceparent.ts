import { randomUUID } from 'node:crypto';

/** W3C Trace Context: version, trace id, parent span id, flags. Later versions may append fields to these four. */
const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** We record no spans ourselves: a trace that starts here is not sampled, one that arrives sampled stays so. */
const NOT_SAMPLED = '00';
const SAMPLED_BIT = 1;

/** The two ids of a `traceparent` that log lines carry. */
export interface Span {
  traceId: string;
  spanId: string;
}

/**
 * The `traceparent` of one hop: a new span in the trace that came in, or in a new trace when none (or no valid
 * one) did. It answers in version 00, which is the one we understand.
 */
export function traceparentFrom(inbound: unknown): string {
  const [, version, traceId, , flags, rest] =
    (typeof inbound === 'string' && inbound.length <= 512 && TRACEPARENT.exec(inbound)) || [];
  const spanId = newSpanId();
  // Version 00 has exactly four fields; anything behind them makes it invalid.
  if (traceId === undefined || flags === undefined || (version === '00' && rest !== undefined)) {
    return `00-${newTraceId()}-${spanId}-${NOT_SAMPLED}`;
  }
  const sampled = Number.parseInt(flags, 16) & SAMPLED_BIT;
  return `00-${traceId}-${spanId}-0${String(sampled)}`;
}

/** Of a `traceparent` made by {@link traceparentFrom}. */
export function spanOf(traceparent: string): Span {
  return { traceId: traceparent.slice(3, 35), spanId: traceparent.slice(36, 52) };
}

/** Node keeps random UUIDs in store, which makes them several times as cheap as random bytes. */
function newTraceId(): string {
  return randomUUID().replaceAll('-', '');
}

/** From the parts of a UUID that hold no version or variant. */
function newSpanId(): string {
  const uuid = randomUUID();
  return uuid.slice(24) + uuid.slice(9, 13);
}
