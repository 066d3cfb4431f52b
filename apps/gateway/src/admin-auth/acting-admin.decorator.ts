import type { ActedRequest } from '#contracts';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { sourceAddress } from '../http/source-address.js';
import { principalOf, visibleProjects } from './principal.js';

export type ActingAdmin = Pick<ActedRequest, 'actor' | 'sourceAddress'>;

/** Who asks for a change, for the audit trail. */
export const Acting = createParamDecorator((_data: undefined, context: ExecutionContext): ActingAdmin => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { actor: principalOf(request).actor, sourceAddress: sourceAddress(request.ip) };
});

/** What somebody may see, as requests for lists carry it. */
export interface Visible {
  projectIds?: string[];
}

export const MayView = createParamDecorator((_data: undefined, context: ExecutionContext): Visible => {
  const projectIds = visibleProjects(principalOf(context.switchToHttp().getRequest<FastifyRequest>()));
  return projectIds === undefined ? {} : { projectIds };
});
