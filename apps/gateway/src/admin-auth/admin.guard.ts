import { DomainError } from '#contracts';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.js';
import { Authenticator } from './authenticator.js';
import type { Policy } from './policy.js';
import { hasRole, type Principal, rememberPrincipal } from './principal.js';

/** Lets in whom the policy of the route lets in. What somebody may not see is answered as what does not exist. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(private readonly authenticator: Authenticator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { policy } = request.routeOptions.config;
    if (policy === 'everyone' || policy === 'key-holder' || policy === 'platform-service') return true;
    const principal = await this.authenticator.identify(request);
    assertAllowed(policy, principal, request.params as Params);
    rememberPrincipal(request, principal);
    return true;
  }
}

interface Params {
  projectId?: string;
  keyId?: string;
}

/** @throws Problem, or what the service says of something that does not exist */
function assertAllowed(policy: Policy | undefined, principal: Principal, params: Params): void {
  switch (policy) {
    case 'signed-in':
      return;
    case 'viewer':
      if (principal.roles.length === 0) throw new Problem('forbidden', { detail: 'You have no role here.' });
      return;
    case 'admin':
      if (!hasRole(principal, { role: 'admin', projectId: null })) throw ADMINS_ONLY;
      return;
    case 'project-viewer':
    case 'project-admin': {
      const projectId = params.projectId?.toLowerCase() ?? '';
      if (!hasRole(principal, { role: 'viewer', projectId })) {
        throw new DomainError(params.keyId === undefined ? 'PROJECT_NOT_FOUND' : 'API_KEY_NOT_FOUND');
      }
      if (policy === 'project-admin' && !hasRole(principal, { role: 'admin', projectId })) throw ADMINS_ONLY;
      return;
    }
    default:
      throw new Error('the route declares no policy');
  }
}

const ADMINS_ONLY = new Problem('forbidden', { detail: 'Your role allows you to look, not to change this.' });
