import { containsKey } from '#api-key';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { Problem } from './problem.js';

/** Two headers of the name arrive as one with a comma and a space. */
const FORM = /^[\x21-\x7e]{1,200}$/;

export const IDEMPOTENCY_KEY_HEADER = {
  'Idempotency-Key': {
    description:
      'Any text that is new for each creation, a UUID for example. For 24 hours the same one makes no second API key: 409 names the one made, and 422 says that the body was another one.',
    schema: { type: 'string', pattern: FORM.source },
  },
} as const;

export interface Idempotency {
  idempotencyKeyHash?: string;
}

/** `Idempotency-Key` as messages carry it: nobody behind the gateway needs to know what callers put into it. */
export const Idempotent = createParamDecorator((_data: undefined, context: ExecutionContext): Idempotency => {
  const { 'idempotency-key': key } = context.switchToHttp().getRequest<FastifyRequest>().headers;
  if (key === undefined) return {};
  if (typeof key === 'string' && FORM.test(key) && !containsKey(key)) {
    return { idempotencyKeyHash: createHash('sha256').update(key).digest('base64url') };
  }
  throw new Problem('invalid_request', {
    detail: 'Idempotency-Key must be one header of 1 to 200 visible ASCII characters, and no API key.',
  });
});
