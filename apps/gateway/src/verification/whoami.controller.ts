import { DomainError, identifyApiKey, type IdentifyApiKeyResponse } from '#contracts';
import { MessageBus } from '#messaging';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../admin-auth/policy.js';
import { Operation } from '../api-reference/operation.decorator.js';
import { AMBIGUOUS_CREDENTIAL, bearerCredential } from '../http/bearer.js';
import { MANAGEMENT_REQUEST } from '../http/management-request.js';
import { FailedVerifications } from '../limits/failed-verifications.js';
import { ApiKeyVerifier } from './api-key-verifier.js';
import { expiryWarning } from './expiry-warning.js';
import { KEY_MISSING, keyProblem } from './key-problem.js';

@Controller('v1/whoami')
export class WhoamiController {
  constructor(
    private readonly verifier: ApiKeyVerifier,
    private readonly bus: MessageBus,
    private readonly failures: FailedVerifications,
  ) {}

  @Get()
  @Allow('key-holder')
  @Operation('whoami', {
    summary: 'Tells the holder of a key what it is',
    description: 'To test a key. Not a use of it.',
    answerHeaders: {
      'Cache-Control': { description: 'No cache keeps it.', schema: { const: 'no-store' }, required: true },
      'X-Api-Key-Expires-At': {
        description: 'When the key expires, if that is within 14 days.',
        schema: { type: 'string', format: 'date-time' },
      },
    },
  })
  async whoami(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IdentifyApiKeyResponse> {
    const credential = bearerCredential(request.raw);
    const block = this.failures.blockOf(request);
    if (block !== undefined) throw block;
    if (credential.kind === 'ambiguous') throw AMBIGUOUS_CREDENTIAL;
    if (credential.kind === 'missing') throw KEY_MISSING;
    const verification = await this.verifier.check(credential.token);
    if (verification.outcome !== 'VALID') {
      this.failures.count(request, verification.outcome);
      throw keyProblem(verification.outcome);
    }

    void reply.header('cache-control', 'no-store');
    const warning = expiryWarning(verification.expiresAt);
    if (warning !== undefined) void reply.header('x-api-key-expires-at', warning);
    return this.identify(verification.keyId);
  }

  private async identify(keyId: string): Promise<IdentifyApiKeyResponse> {
    try {
      return await this.bus.request(identifyApiKey, { keyId }, MANAGEMENT_REQUEST);
    } catch (error) {
      // The deletion came between the two questions.
      if (error instanceof DomainError && error.code === 'API_KEY_NOT_FOUND') throw keyProblem('DELETED');
      throw error;
    }
  }
}
