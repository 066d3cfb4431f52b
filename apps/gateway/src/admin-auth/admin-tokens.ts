import { Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { GatewayConfig } from '../gateway.config.js';
import { TokenDigests } from './token-digests.js';

/** The admin tokens that are good now: two of them while one is being replaced by the other. */
@Injectable()
export class AdminTokens {
  private readonly tokens: TokenDigests;

  constructor({ ADMIN_TOKEN, ADMIN_TOKEN_PREVIOUS }: GatewayConfig) {
    this.tokens = new TokenDigests([
      ADMIN_TOKEN,
      ...(ADMIN_TOKEN_PREVIOUS === undefined ? [] : [ADMIN_TOKEN_PREVIOUS]),
    ]);
  }

  matches(token: string): boolean {
    return this.tokens.matches(token);
  }

  /** What a session keeps of the token that it was begun with: good for nothing without the session's id. */
  proofFor(sessionId: string, token: string): string {
    return proof(sessionId, TokenDigests.digestOf(token));
  }

  /** Whether the token that a session was begun with is still good: who takes one away ends its sessions too. */
  vouchesFor(sessionId: string, given: string): boolean {
    return this.tokens.digests.some((digest) => proof(sessionId, digest) === given);
  }
}

function proof(sessionId: string, digest: Buffer): string {
  return createHmac('sha256', sessionId).update(digest).digest('base64url');
}
