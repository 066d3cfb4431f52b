import type { ActedRequest } from '#contracts';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { sourceAddress } from '../http/source-address.js';

export type ActingAdmin = Pick<ActedRequest, 'actor' | 'sourceAddress'>;

/** Who asks for a change, for the audit trail. */
export const Acting = createParamDecorator((_data: undefined, context: ExecutionContext): ActingAdmin => {
  const { ip } = context.switchToHttp().getRequest<FastifyRequest>();
  return { actor: 'admin-token', sourceAddress: sourceAddress(ip) };
});
