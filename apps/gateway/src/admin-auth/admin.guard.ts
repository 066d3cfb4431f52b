import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { GatewayConfig } from '../gateway.config.js';
import { AMBIGUOUS_CREDENTIAL, bearerCredential } from '../http/bearer.js';
import { Problem } from '../http/problem.js';

const OPEN = 'open to callers without an admin credential';
const REALM = 'Bearer realm="traylinx"';
const INVALID = 'The token is not the admin token. An API key is never accepted here.';

/** For the data plane, which has credentials of its own. Every other route is for admins. */
export const NoAdminNeeded = (): ClassDecorator & MethodDecorator => SetMetadata(OPEN, true);

/** Lets nobody in but the holder of the admin token: routes are closed unless they say otherwise. */
@Injectable()
export class AdminGuard implements CanActivate {
  private readonly expected: Buffer;

  constructor(
    private readonly reflector: Reflector,
    config: GatewayConfig,
  ) {
    this.expected = sha256(config.ADMIN_TOKEN);
  }

  canActivate(context: ExecutionContext): boolean {
    const isOpen = this.reflector.getAllAndOverride<boolean | undefined>(OPEN, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (isOpen !== true) this.assertAdmin(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }

  private assertAdmin(request: FastifyRequest): void {
    const credential = bearerCredential(request.raw);
    if (credential.kind === 'ambiguous') throw AMBIGUOUS_CREDENTIAL;
    if (credential.kind === 'missing') {
      throw new Problem('admin_credential_missing', {
        detail: 'Send the admin token as "Authorization: Bearer <token>".',
        headers: { 'www-authenticate': REALM },
      });
    }
    // Digests have one length, whatever was sent: neither content nor length can be told from the time it takes.
    if (!timingSafeEqual(sha256(credential.token), this.expected)) {
      throw new Problem('admin_credential_invalid', {
        detail: INVALID,
        headers: { 'www-authenticate': `${REALM}, error="invalid_token", error_description="${INVALID}"` },
      });
    }
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
