import { DomainError } from '#contracts';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuditRecorder } from '../audit/audit-recorder.js';
import { Problem } from '../http/problem.js';
import { sourceAddress } from '../http/source-address.js';
import { RateLimits } from '../limits/rate-limits.js';
import { ANONYMOUS, Authenticator } from './authenticator.js';
import type { Policy } from './policy.js';
import { hasRole, type Principal, rememberPrincipal } from './principal.js';
import { ServiceTokens } from './service-tokens.js';

const READING_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

const NO_ROLE = new Problem('forbidden', { detail: 'You have no role here. Ask an admin for one.' });
const ADMINS_ONLY = new Problem('forbidden', { detail: 'Your role allows you to look, not to change this.' });

interface Params {
  projectId?: string;
  keyId?: string;
}

/** Lets in whom the policy of the route lets in. What somebody may not see is answered as what does not exist. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly services: ServiceTokens,
    private readonly limits: RateLimits,
    private readonly audit: AuditRecorder,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { policy } = request.routeOptions.config;
    if (policy === 'everyone' || policy === 'key-holder') return true;
    if (policy === 'platform-service') {
      this.services.assertService(request);
      return true;
    }
    const principal = await this.identify(request);
    this.assertAllowed(policy, principal, request);
    if (!READING_METHODS.has(request.method)) await this.limits.countChange(principal.actor);
    rememberPrincipal(request, principal);
    return true;
  }

  private async identify(request: FastifyRequest): Promise<Principal> {
    try {
      return await this.authenticator.identify(request);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // A session that has ended is nobody's attempt.
      const isCredential =
        error.code === 'admin_credential_invalid' && request.headers.authorization !== undefined;
      if (isCredential || error.code === 'forbidden') {
        this.recordDenial(request, { actor: ANONYMOUS, reason: error.code });
      }
      if (isCredential) await this.limits.countFailedCredential(request);
      throw error;
    }
  }

  private assertAllowed(policy: Policy | undefined, principal: Principal, request: FastifyRequest): void {
    const refusal = refusalBy(policy, principal, request.params as Params);
    if (refusal === undefined) return;
    // Projects that one may not see are as many as one can think of: they are not told apart.
    const isVisible = refusal instanceof Problem;
    const { projectId } = request.params as Params;
    this.recordDenial(request, {
      actor: principal.actor,
      reason: isVisible ? refusal.code : 'not_visible',
      projectId: (isVisible && projectId) || null,
    });
    throw refusal;
  }

  private recordDenial(
    request: FastifyRequest,
    { actor, reason, projectId = null }: { actor: string; reason: string; projectId?: string | null },
  ): void {
    this.audit.recordDenial({
      actor,
      sourceAddress: sourceAddress(request.ip),
      projectId,
      detail: `${reason}: ${request.method} ${request.routeOptions.url ?? ''}`,
    });
  }
}

/** @returns a Problem, or what the service says of something that does not exist */
function refusalBy(
  policy: Policy | undefined,
  principal: Principal,
  params: Params,
): Problem | DomainError | undefined {
  switch (policy) {
    case 'signed-in':
      return undefined;
    case 'viewer':
      return principal.roles.length === 0 ? NO_ROLE : undefined;
    case 'admin':
      return hasRole(principal, { role: 'admin', projectId: null }) ? undefined : ADMINS_ONLY;
    case 'project-viewer':
    case 'project-admin': {
      const projectId = params.projectId?.toLowerCase() ?? '';
      if (!hasRole(principal, { role: 'viewer', projectId })) {
        return new DomainError(params.keyId === undefined ? 'PROJECT_NOT_FOUND' : 'API_KEY_NOT_FOUND');
      }
      const isEnough = policy === 'project-viewer' || hasRole(principal, { role: 'admin', projectId });
      return isEnough ? undefined : ADMINS_ONLY;
    }
    default:
      throw new Error('the route declares no policy');
  }
}
