import { Injectable, Logger } from '@nestjs/common';
import {
  allowInsecureRequests,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  None,
} from 'openid-client';
import { Problem, RETRY_AFTER } from '../http/problem.js';
import { GatewayConfig } from '../gateway.config.js';

const TIMEOUT_S = 3;
/** After which a provider that did not answer is asked again. */
const PAUSE_MS = 1_000;

export const PROVIDER_UNAVAILABLE = new Problem('unavailable', {
  detail: 'The sign-in provider gave no answer. Nothing is wrong with your credential: try again.',
  headers: RETRY_AFTER,
});

/** What the provider says of itself. It is asked when somebody needs it, and may be away until then. */
@Injectable()
export class OidcProvider {
  private readonly logger = new Logger(OidcProvider.name);
  private known: Promise<Configuration> | undefined;

  constructor(private readonly config: GatewayConfig) {}

  /** @throws Problem 503 while it cannot be asked */
  async configuration(): Promise<Configuration> {
    this.known ??= this.discover();
    try {
      return await this.known;
    } catch (error) {
      this.logger.warn(`The sign-in provider cannot be asked: ${messageOf(error)}`);
      throw PROVIDER_UNAVAILABLE;
    }
  }

  private async discover(): Promise<Configuration> {
    const { OIDC_ISSUER: issuer = '', OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: secret } = this.config;
    try {
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out; the config allows it on loopback only
      const overHttp = issuer.startsWith('http:') ? [allowInsecureRequests] : [];
      return await discovery(
        new URL(issuer),
        // Not shown to the provider by those who do not sign in by it.
        clientId ?? 'traylinx',
        secret,
        secret === undefined ? None() : undefined,
        {
          timeout: TIMEOUT_S,
          execute: [enableNonRepudiationChecks, ...overHttp],
        },
      );
    } catch (error) {
      setTimeout(() => (this.known = undefined), PAUSE_MS).unref();
      throw error;
    }
  }
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
