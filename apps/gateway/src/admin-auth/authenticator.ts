import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AMBIGUOUS_CREDENTIAL, bearerCredential } from '../http/bearer.js';
import { AccessTokens } from '../oidc/access-tokens.js';
import { SessionGuardian } from '../sessions/session-guardian.js';
import { ADMIN_CREDENTIAL_MISSING, NOT_ADMIN_TOKEN } from './admin-problem.js';
import { AdminTokens } from './admin-tokens.js';
import { ADMIN_TOKEN_HOLDER, type Principal } from './principal.js';

/** As the audit trail names whoever is nobody that we know. */
export const ANONYMOUS = 'anonymous';

/** From what a request brings along to who it is. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly adminTokens: AdminTokens,
    private readonly accessTokens: AccessTokens,
    private readonly sessions: SessionGuardian,
  ) {}

  /** @throws Problem when nobody can be identified: 401, or 503 when it cannot be known. */
  async identify(request: FastifyRequest): Promise<Principal> {
    const credential = bearerCredential(request.raw);
    if (credential.kind === 'ambiguous') throw AMBIGUOUS_CREDENTIAL;
    // Whoever sends a credential of their own means it; a cookie is sent by browsers whether it is meant or not.
    if (credential.kind === 'present') return this.identifyBearer(credential.token);
    const principal = await this.sessions.identify(request);
    if (principal === undefined) throw ADMIN_CREDENTIAL_MISSING;
    return principal;
  }

  private async identifyBearer(token: string): Promise<Principal> {
    if (this.adminTokens.matches(token)) return ADMIN_TOKEN_HOLDER;
    if (this.accessTokens.mayBeOne(token)) return this.accessTokens.identify(token);
    throw NOT_ADMIN_TOKEN;
  }
}
