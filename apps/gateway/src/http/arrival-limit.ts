import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { hasBody } from './has-body.js';

const LATE = Object.assign(new Error('the request has not arrived in time'), {
  code: 'ERR_HTTP_REQUEST_TIMEOUT',
});
const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/**
 * Does for each request what `requestTimeout` of Node's does for all of them: refuses it when its body has not arrived in
 * time. Where requests are proxied, Node's has to wait for the longest of those.
 */
export function limitArrival(fastify: FastifyInstance, timeoutMs: number): void {
  fastify.addHook('onRequest', ({ headers, raw }, _reply, done) => {
    if (hasBody(headers)) {
      const { socket } = raw;
      timers.set(
        raw,
        setTimeout(() => fastify.server.emit('clientError', LATE, socket), timeoutMs),
      );
      raw.once('end', () => {
        liftArrivalLimit(raw);
      });
      raw.once('close', () => {
        liftArrivalLimit(raw);
      });
    }
    done();
  });
}

/** This one may take longer. */
export function liftArrivalLimit(request: IncomingMessage): void {
  clearTimeout(timers.get(request));
}
