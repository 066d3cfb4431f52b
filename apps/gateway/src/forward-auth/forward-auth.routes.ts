import type { FastifyInstance } from 'fastify';
import type { ForwardAuth } from './forward-auth.js';

const ROUTES = ['/v1/auth', '/v1/auth/*'] as const;

/** {@link ForwardAuth} for the router: that there are these routes, and for paths with escapes, which it has to read. */
export function registerForwardAuth(fastify: FastifyInstance, forwardAuth: ForwardAuth): void {
  void fastify.register((routes, _options, done) => {
    // A proxy may send the body along: it is neither read nor judged, and neither is what it is said to be.
    routes.addHook('onRequest', (request, _reply, next) => {
      delete request.headers['content-type'];
      next();
    });
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser('*', (_request, _payload, parsed) => {
      parsed(null);
    });
    for (const route of ROUTES) {
      routes.all(route, { config: { policy: 'key-holder' } }, async (request, reply) => {
        reply.hijack();
        await forwardAuth.answer(request.raw, reply.raw, request.id);
      });
    }
    done();
  });
}

export function isForwardAuth(route: string): boolean {
  return (ROUTES as readonly string[]).includes(route);
}
