import { Injectable, Logger } from '@nestjs/common';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  type JWTVerifyResult,
} from 'jose';
import { setTimeout as delay } from 'node:timers/promises';
import { adminCredentialInvalid } from '../admin-auth/admin-problem.js';
import type { Principal } from '../admin-auth/principal.js';
import { GatewayConfig } from '../gateway.config.js';
import { messageOf, OidcProvider, PROVIDER_UNAVAILABLE } from './oidc-provider.js';
import { personFrom } from './person.js';
import { rolesIn } from './roles.js';

/** Keys are read anew after this, so that one that the provider has taken back is not good for ever. */
const KEYS_LIFETIME_MS = 600_000;
/** A key that is not known makes us look for new ones, this often at most. */
const COOLDOWN_MS = 1_000;
const TIMEOUT_MS = 2_000;

const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;
/** RFC 9068, and what providers write that do not follow it. */
const TYPES = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt']);

const INVALID = adminCredentialInvalid('The access token is not valid here.');
const EXPIRED = adminCredentialInvalid('The access token has expired.');

type RemoteKeys = ReturnType<typeof createRemoteJWKSet>;

/** Access tokens of the OpenID Connect provider, checked with its public keys. */
@Injectable()
export class AccessTokens {
  private readonly logger = new Logger(AccessTokens.name);
  private readonly algorithms: string[];
  private keys: RemoteKeys | undefined;

  constructor(
    private readonly provider: OidcProvider,
    private readonly config: GatewayConfig,
  ) {
    this.algorithms = config.OIDC_ALGORITHMS.split(',').map((name) => name.trim());
  }

  /** Whether it is something that only {@link identify} can judge. */
  mayBeOne(token: string): boolean {
    return this.config.OIDC_AUDIENCE !== undefined && JWT.test(token);
  }

  /** @throws Problem 401 for a token that is no good, 503 when that cannot be known */
  async identify(token: string): Promise<Principal> {
    const { payload, protectedHeader } = await this.verify(token);
    if (!TYPES.has(protectedHeader.typ?.toLowerCase()) || isIdToken(payload)) throw INVALID;
    const person = personFrom(payload);
    if (person === undefined) throw INVALID;
    try {
      return {
        ...person,
        roles: rolesIn(payload, this.config.OIDC_ROLES_CLAIM),
        expiresAt: new Date((payload.exp ?? 0) * 1_000).toISOString(),
        csrfToken: null,
      };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw adminCredentialInvalid('The access token has roles in too many projects.');
    }
  }

  private async verify(token: string): Promise<JWTVerifyResult> {
    const keys = await this.remoteKeys();
    const wasCoolingDown = keys.coolingDown;
    try {
      return await this.verifyWith(keys, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) {
        if (!wasCoolingDown) throw INVALID;
        // The key may be newer than our list, which is too young to be read again at once.
        await delay(COOLDOWN_MS);
        return this.verifyAgain(keys, token);
      }
      if (error instanceof errors.JWTExpired) throw EXPIRED;
      if (isVerdict(error)) throw INVALID;
      return this.verifyWithKnownKeys(keys, token, error);
    }
  }

  private async verifyAgain(keys: RemoteKeys, token: string): Promise<JWTVerifyResult> {
    try {
      return await this.verifyWith(keys, token);
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw EXPIRED;
      if (isVerdict(error)) throw INVALID;
      this.reportOutage(error);
      throw PROVIDER_UNAVAILABLE;
    }
  }

  /** The provider is away: with keys that we have, a token is as good as before; about others nothing can be known. */
  private async verifyWithKnownKeys(
    keys: RemoteKeys,
    token: string,
    outage: unknown,
  ): Promise<JWTVerifyResult> {
    this.reportOutage(outage);
    const known = keys.jwks();
    if (known === undefined) throw PROVIDER_UNAVAILABLE;
    try {
      return await this.verifyWith(createLocalJWKSet(known), token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) throw PROVIDER_UNAVAILABLE;
      throw error instanceof errors.JWTExpired ? EXPIRED : INVALID;
    }
  }

  private verifyWith(keys: JWTVerifyGetKey, token: string): Promise<JWTVerifyResult> {
    return jwtVerify(token, keys, {
      issuer: this.config.OIDC_ISSUER ?? '',
      audience: this.config.OIDC_AUDIENCE ?? '',
      algorithms: this.algorithms,
      clockTolerance: this.config.OIDC_CLOCK_TOLERANCE_S,
      requiredClaims: ['exp', 'sub'],
    });
  }

  private async remoteKeys(): Promise<RemoteKeys> {
    if (this.keys !== undefined) return this.keys;
    const { jwks_uri: uri } = (await this.provider.configuration()).serverMetadata();
    if (uri === undefined) throw PROVIDER_UNAVAILABLE;
    this.keys ??= createRemoteJWKSet(new URL(uri), {
      cacheMaxAge: KEYS_LIFETIME_MS,
      cooldownDuration: COOLDOWN_MS,
      timeoutDuration: TIMEOUT_MS,
    });
    return this.keys;
  }

  private reportOutage(error: unknown): void {
    this.logger.warn(`The keys of the sign-in provider cannot be read: ${messageOf(error)}`);
  }
}

/** What says something about the token, and not about our way to the provider. */
function isVerdict(error: unknown): boolean {
  return (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported
  );
}

/** It says who has signed in, to the client alone; whoever gets hold of one must not be able to act with it. */
function isIdToken(payload: JWTPayload): boolean {
  return 'nonce' in payload || 'at_hash' in payload || payload['typ'] === 'ID';
}
