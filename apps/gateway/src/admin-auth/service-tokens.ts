import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { GatewayConfig, tokensIn } from '../gateway.config.js';
import { AMBIGUOUS_CREDENTIAL, bearerCredential } from '../http/bearer.js';
import { Problem } from '../http/problem.js';
import { TokenDigests } from './token-digests.js';

const DETAIL = 'Send a service token as Authorization: Bearer <token>.';
const INVALID = new Problem('service_credential_invalid', {
  detail: DETAIL,
  headers: {
    'www-authenticate': `Bearer realm="traylinx", error="invalid_token", error_description="${DETAIL}"`,
  },
});

/** Of the platform services that ask about keys. Without any, whoever can reach the gateway may ask. */
@Injectable()
export class ServiceTokens {
  private readonly tokens: TokenDigests | undefined;

  constructor({ SERVICE_TOKENS }: GatewayConfig) {
    this.tokens = SERVICE_TOKENS === undefined ? undefined : new TokenDigests(tokensIn(SERVICE_TOKENS));
  }

  /** @throws Problem 401 */
  assertService({ raw }: FastifyRequest): void {
    if (this.tokens === undefined) return;
    const credential = bearerCredential(raw);
    if (credential.kind === 'ambiguous') throw AMBIGUOUS_CREDENTIAL;
    if (credential.kind === 'missing' || !this.tokens.matches(credential.token)) throw INVALID;
  }
}
