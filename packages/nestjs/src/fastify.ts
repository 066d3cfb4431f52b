import type { FastifyInstance } from 'fastify';
import { ApiKeyGate, type ApiKeyGateOptions } from './gate.js';
import type { VerifiedKey } from './verified-key.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that the request came with; null on public routes. */
    apiKey: VerifiedKey | null;
  }

  interface FastifyContextConfig {
    /** Whether the route is open to everybody. */
    isPublic?: boolean;
  }
}

/**
 * Lets only requests with a good key through, on every route of the instance that registers it, but for those with
 * `{ config: { isPublic: true } }`: `await app.register(requireApiKey)`. The key is in `request.apiKey`.
 */
export const requireApiKey = Object.assign(
  // eslint-disable-next-line @typescript-eslint/require-await -- a plugin without a callback has to be async
  async (app: FastifyInstance, options: ApiKeyGateOptions): Promise<void> => {
    const gate = new ApiKeyGate(options);
    app.decorateRequest('apiKey', null);
    app.addHook('onRequest', async (request, reply) => {
      if (request.routeOptions.config.isPublic) return;
      const { key, refusal } = await gate.decide(request.raw);
      if (refusal === undefined) {
        request.apiKey = key;
        return;
      }
      await reply.code(refusal.status).headers(refusal.headers).send(JSON.stringify(refusal.body));
    });
  },
  // The hook is for the routes of whoever registers it, not for those of a scope of its own.
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: '@traylinx/nestjs' },
);

export { ApiKeyGate, type ApiKeyGateOptions, type Decision } from './gate.js';
export type { VerifiedKey } from './verified-key.js';
