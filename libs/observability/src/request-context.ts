import { AsyncLocalStorage } from 'node:async_hooks';
import { requestIdFrom } from './request-id.js';
import { traceparentFrom } from './traceparent.js';

/** What belongs to one request of one caller, on its whole way through all services. */
export interface RequestContext {
  /** The same in every service: `x-request-id`. */
  requestId: string;
  /** The span of this service: W3C `traceparent`. What it calls gets children of it. */
  traceparent: string;
}

/** Everything that runs inside `requestContext.run(context, …)`, also after an `await`, belongs to that request. */
export const requestContext = new AsyncLocalStorage<RequestContext>();

/** Continues what the headers of a caller say, or starts anew. Headers of any content are safe. */
export function requestContextFrom(headers: { requestId?: unknown; traceparent?: unknown }): RequestContext {
  return {
    requestId: requestIdFrom(headers.requestId),
    traceparent: traceparentFrom(headers.traceparent),
  };
}
