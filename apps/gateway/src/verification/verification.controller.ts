import type { Id, Instant } from '#contracts';
import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { Allow } from '../admin-auth/policy.js';
import { EXAMPLE_KEY } from '../api-reference/example-credentials.js';
import { Operation } from '../api-reference/operation.decorator.js';
import { ApiKeyVerifier, type KeyVerification } from './api-key-verifier.js';
import { keyProblem } from './key-problem.js';
import { BatchVerifyBody, VerifyBody } from './verification.dto.js';

type Verdict =
  | { valid: true; code: 'VALID'; keyId: Id; projectId: Id; expiresAt: Instant | null }
  | { valid: false; code: 'MALFORMED' | 'UNKNOWN' | 'EXPIRED' | 'DELETED' | 'WRONG_PROJECT' }
  /** Neither valid nor invalid: it cannot be known now. */
  | { code: 'UNAVAILABLE' };

/** For platform services that ask about a key, rather than have a proxy ask. */
@Controller('v1/api-keys')
export class VerificationController {
  constructor(private readonly verifier: ApiKeyVerifier) {}

  @Post('verify')
  @Allow('platform-service')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Operation('verifyApiKey', {
    summary: 'Asks whether a key is good, now',
    description: 'A success is a use of the key. 503 when it cannot be known.',
    example: { key: EXAMPLE_KEY },
  })
  async verify(@Body() { key, projectId }: VerifyBody): Promise<Verdict> {
    const verification = await this.verifier.use(key, { projectId });
    if (verification.outcome === 'UNAVAILABLE') throw keyProblem('UNAVAILABLE');
    return toView(verification);
  }

  @Post('batch-verify')
  @Allow('platform-service')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Operation('verifyApiKeys', {
    summary: 'Asks the same of many keys',
    description:
      'In the same order. What cannot be known is `UNAVAILABLE`, without `valid`; when nothing can, it is 503.',
    example: { keys: [EXAMPLE_KEY] },
  })
  async batchVerify(@Body() { keys }: BatchVerifyBody): Promise<{ results: Verdict[] }> {
    const verifications = await Promise.all(keys.map((key) => this.verifier.use(key)));
    if (verifications.every(({ outcome }) => outcome === 'UNAVAILABLE')) throw keyProblem('UNAVAILABLE');
    return { results: verifications.map(toView) };
  }
}

function toView(verification: KeyVerification): Verdict {
  const { outcome } = verification;
  if (outcome === 'UNAVAILABLE') return { code: outcome };
  if (outcome !== 'VALID') return { valid: false, code: outcome };
  const { keyId, projectId, expiresAt } = verification;
  return { valid: true, code: outcome, keyId, projectId, expiresAt };
}
