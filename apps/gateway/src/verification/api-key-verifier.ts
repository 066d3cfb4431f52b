import { hashKey, parseKey } from '#api-key';
import { Injectable } from '@nestjs/common';
import { UsageRecorder } from '../usage/usage-recorder.js';
import { type Verification, Verifier } from './verifier.js';

/** What is known of what somebody has presented as a key. */
export type KeyVerification =
  Verification | { outcome: 'MALFORMED' } | { outcome: 'WRONG_PROJECT'; keyId: string };

interface Conditions {
  /** The key must belong to this project. */
  projectId?: string | undefined;
}

/** From what a caller holds to what it is worth. The key itself goes no further than this: others see its hash. */
@Injectable()
export class ApiKeyVerifier {
  constructor(
    private readonly verifier: Verifier,
    private readonly usage: UsageRecorder,
  ) {}

  /** Verifies, and counts a success as a use of the key. */
  async use(text: string, conditions: Conditions = {}): Promise<KeyVerification> {
    const verification = await this.check(text, conditions);
    if (verification.outcome === 'VALID') this.usage.recordUse(verification.keyId);
    return verification;
  }

  /** Verifies; a success is no use: looking at a key must not spoil "safe to delete". Refusals always count. */
  async check(text: string, { projectId }: Conditions = {}): Promise<KeyVerification> {
    const key = parseKey(text);
    if (key === undefined) return { outcome: 'MALFORMED' };
    const verification = await this.verifier.verify(hashKey(key));
    if (verification.outcome === 'EXPIRED' || verification.outcome === 'DELETED') {
      this.usage.recordRefusal(
        verification.keyId,
        verification.outcome === 'DELETED' ? 'deleted' : 'expired',
      );
    }
    if (verification.outcome === 'VALID' && projectId !== undefined && projectId !== verification.projectId) {
      return { outcome: 'WRONG_PROJECT', keyId: verification.keyId };
    }
    return verification;
  }
}
