import type { FastifyRequest } from 'fastify';
import { bearerCredential } from '../http/bearer.js';
import type { Problem } from '../http/problem.js';
import type { FailedVerifications } from '../limits/failed-verifications.js';
import type { ApiKeyVerifier } from './api-key-verifier.js';
import { KEY_MISSING, keyProblem, TWO_CREDENTIALS } from './key-problem.js';
import type { ValidVerification } from './verifier.js';

export interface Verifiers {
  verifier: ApiKeyVerifier;
  failures: FailedVerifications;
}

/** Whether a request that is not for us may pass; a success is a use of its key. */
export async function verifyRequest(
  request: FastifyRequest,
  { verifier, failures }: Verifiers,
  projectId?: string,
): Promise<ValidVerification | Problem> {
  const block = failures.blockOf(request);
  if (block !== undefined) return block;
  const credential = bearerCredential(request.raw);
  if (credential.kind !== 'present') return credential.kind === 'missing' ? KEY_MISSING : TWO_CREDENTIALS;
  const verification = await verifier.use(credential.token, { projectId });
  if (verification.outcome === 'VALID') return verification;
  failures.count(request, verification.outcome);
  return keyProblem(verification.outcome);
}
