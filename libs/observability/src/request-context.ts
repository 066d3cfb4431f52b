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

/**
 * Everything that runs inside `requestContext.run(context, work)`, also after an `await`, belongs to that request, until
 * the promise of `work` has settled.
 *
 * Node before 24 makes every promise of the process pay for this, a third of the gateway's time on its busiest path, from
 * the first `run` on and for good. So it is switched off whenever nobody is inside.
 */
class RequestContexts {
  private readonly storage = new AsyncLocalStorage<RequestContext>();
  private inside = 0;

  getStore(): RequestContext | undefined {
    return this.storage.getStore();
  }

  async run<T>(context: RequestContext, work: () => Promise<T>): Promise<T> {
    this.inside++;
    try {
      return await this.storage.run(context, work);
    } finally {
      if (--this.inside === 0) this.storage.disable();
    }
  }
}

export const requestContext = new RequestContexts();

/** Continues what the headers of a caller say, or starts anew. Headers of any content are safe. */
export function requestContextFrom(headers: { requestId?: unknown; traceparent?: unknown }): RequestContext {
  return {
    requestId: requestIdFrom(headers.requestId),
    traceparent: traceparentFrom(headers.traceparent),
  };
}
