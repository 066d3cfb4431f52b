import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { NoAdminNeeded } from '../admin-auth/admin.guard.js';
import { ApiKeyVerifier, type KeyVerification } from './api-key-verifier.js';
import { keyProblem } from './key-problem.js';
import { BatchVerifyBody, VerifyBody } from './verification.dto.js';

type VerificationView =
  | { valid: true; code: 'VALID'; keyId: string; projectId: string; expiresAt: string | null }
  | { valid: false; code: 'MALFORMED' | 'UNKNOWN' | 'EXPIRED' | 'DELETED' | 'WRONG_PROJECT' }
  /** Neither valid nor invalid: it cannot be known now. */
  | { code: 'UNAVAILABLE' };

/** For platform services that ask about a key, rather than have a proxy ask. */
@Controller('v1/api-keys')
@NoAdminNeeded()
export class VerificationController {
  constructor(private readonly verifier: ApiKeyVerifier) {}

  @Post('verify')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async verify(@Body() { key, projectId }: VerifyBody): Promise<VerificationView> {
    const verification = await this.verifier.use(key, { projectId });
    if (verification.outcome === 'UNAVAILABLE') throw keyProblem('UNAVAILABLE');
    return toView(verification);
  }

  @Post('batch-verify')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async batchVerify(@Body() { keys }: BatchVerifyBody): Promise<{ results: VerificationView[] }> {
    const verifications = await Promise.all(keys.map((key) => this.verifier.use(key)));
    if (verifications.every(({ outcome }) => outcome === 'UNAVAILABLE')) throw keyProblem('UNAVAILABLE');
    return { results: verifications.map(toView) };
  }
}

function toView(verification: KeyVerification): VerificationView {
  const { outcome } = verification;
  if (outcome === 'UNAVAILABLE') return { code: outcome };
  if (outcome !== 'VALID') return { valid: false, code: outcome };
  const { keyId, projectId, expiresAt } = verification;
  return { valid: true, code: outcome, keyId, projectId, expiresAt };
}
