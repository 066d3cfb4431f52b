import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { requestContext, type RequestContext, requestContextFrom } from '#observability';

/** What a message of a request carries; none when it belongs to no request, or to many. */
export function contextHeaders(): { headers?: MsgHdrs } {
  const context = requestContext.getStore();
  if (context === undefined) return {};
  const result = headers();
  result.set('x-request-id', context.requestId);
  result.set('traceparent', context.traceparent);
  return { headers: result };
}

/** The request that a message belongs to, if its sender knew of one. Headers of any content are safe. */
export function contextOf({
  headers: received,
}: {
  headers?: MsgHdrs | undefined;
}): RequestContext | undefined {
  const requestId = received?.get('x-request-id');
  if (!requestId) return undefined;
  return requestContextFrom({ requestId, traceparent: received?.get('traceparent') });
}
