import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { requestContext, requestContextFrom } from '#observability';

/** What every message carries: the request it belongs to, or a new one when it belongs to none. */
export function contextHeaders(): MsgHdrs {
  const { requestId, traceparent } = requestContext.getStore() ?? requestContextFrom({});
  const result = headers();
  result.set('x-request-id', requestId);
  result.set('traceparent', traceparent);
  return result;
}
