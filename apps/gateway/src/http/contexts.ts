import { requestContext, requestContextFrom } from '#observability';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isForwardAuth } from '../forward-auth/forward-auth.routes.js';

/**
 * Whatever is done for a request knows its ids: log lines, and messages to other services. Not so for forward-auth, as
 * that would cost it a third of its speed: what it logs and asks, it does for many requests at once.
 *
 * To be called before the routes are registered.
 */
export function keepContexts(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    // Next to the handler: the events of a body that arrives late would lose the context.
    if (!isForwardAuth(route.url)) route.preHandler = [route.preHandler ?? [], handleInContext].flat();
  });
}

function handleInContext(request: FastifyRequest, { raw }: FastifyReply, handle: () => void): void {
  const context = requestContextFrom({
    requestId: request.id,
    traceparent: request.headers['traceparent'],
  });
  void requestContext.run(context, async () => {
    handle();
    // Answered, or given up by the caller.
    if (!raw.closed) await new Promise((resolve) => raw.once('close', resolve));
  });
}
