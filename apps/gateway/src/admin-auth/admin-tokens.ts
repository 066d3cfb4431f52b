import { Injectable } from '@nestjs/common';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { GatewayConfig } from '../gateway.config.js';

/** The admin tokens that are good now. Only their digests are kept. */
@Injectable()
export class AdminTokens {
  private readonly digests: readonly Buffer[];

  constructor(config: GatewayConfig) {
    this.digests = [config.ADMIN_TOKEN].map(sha256);
  }

  /** Digests have one length, whatever was sent: neither content nor length can be told from the time it takes. */
  matches(token: string): boolean {
    const given = sha256(token);
    return this.digests.map((digest) => timingSafeEqual(given, digest)).includes(true);
  }

  /** What a session keeps of the token that it was begun with: good for nothing without the session's id. */
  proofFor(sessionId: string, token: string): string {
    return proof(sessionId, sha256(token));
  }

  /** Whether the token that a session was begun with is still good: who takes one away ends its sessions too. */
  vouchesFor(sessionId: string, given: string): boolean {
    return this.digests.some((digest) => proof(sessionId, digest) === given);
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function proof(sessionId: string, digest: Buffer): string {
  return createHmac('sha256', sessionId).update(digest).digest('base64url');
}
