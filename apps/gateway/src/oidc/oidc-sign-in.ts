import { Injectable, Logger } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  fetchUserInfo,
  type IDToken,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { GatewayConfig } from '../gateway.config.js';
import { Problem } from '../http/problem.js';
import { SessionRedis } from '../sessions/session-redis.js';
import type { SessionOwner } from '../sessions/session-store.js';
import { messageOf, OidcProvider } from './oidc-provider.js';
import { personFrom } from './person.js';
import { rolesIn } from './roles.js';

/** To find a password, and a second factor. */
export const ATTEMPT_LIFETIME_S = 600;
const CALLBACK = '/v1/session/callback';

/** What is kept while somebody is at the provider. */
interface Attempt {
  state: string;
  nonce: string;
  codeVerifier: string;
  returnTo: string;
}

export interface BegunAttempt {
  /** For a cookie: only the browser that has begun may end it. */
  id: string;
  url: string;
}

/** `expired`: begun too long ago, or elsewhere; `refused`: the provider said no, or something that we do not believe. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';

  constructor(
    readonly reason: 'expired' | 'refused',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Authorization code with PKCE: the console's way to sign in with the provider. */
@Injectable()
export class OidcSignIn {
  private readonly logger = new Logger(OidcSignIn.name);

  constructor(
    private readonly provider: OidcProvider,
    private readonly redis: SessionRedis,
    private readonly config: GatewayConfig,
  ) {}

  get isConfigured(): boolean {
    return this.config.OIDC_CLIENT_ID !== undefined;
  }

  /** @param origin where the browser is to come back to */
  async begin(origin: string, returnTo: string): Promise<BegunAttempt> {
    const configuration = await this.provider.configuration();
    const attempt: Attempt = {
      state: randomState(),
      nonce: randomNonce(),
      codeVerifier: randomPKCECodeVerifier(),
      returnTo,
    };
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: `${origin}${CALLBACK}`,
      scope: this.config.OIDC_SCOPES,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await calculatePKCECodeChallenge(attempt.codeVerifier),
      code_challenge_method: 'S256',
    });
    const id = randomBytes(32).toString('base64url');
    await this.redis.ask((redis) => redis.set(keyOf(id), JSON.stringify(attempt), 'EX', ATTEMPT_LIFETIME_S));
    return { id, url: url.href };
  }

  /**
   * @param id of the attempt, which is over then, whatever comes of it
   * @param url that the provider has sent the browser to
   * @throws SignInRefused; Problem 503 when it cannot be known
   */
  async complete(id: string, url: URL): Promise<{ owner: SessionOwner; returnTo: string }> {
    const text = await this.redis.ask((redis) => redis.getdel(keyOf(id)));
    if (text === null) throw new SignInRefused('expired', 'the attempt is too old, or was completed before');
    const attempt = JSON.parse(text) as Attempt;
    const configuration = await this.provider.configuration();
    try {
      return { owner: await this.ownerFrom(configuration, url, attempt), returnTo: attempt.returnTo };
    } catch (error) {
      this.logger.warn(`A sign-in with the provider failed: ${messageOf(error)}`);
      if (error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError')) {
        throw new Problem('unavailable', { detail: 'The sign-in provider gave no answer.' });
      }
      throw new SignInRefused('refused', messageOf(error), { cause: error });
    }
  }

  private async ownerFrom(configuration: Configuration, url: URL, attempt: Attempt): Promise<SessionOwner> {
    const tokens = await authorizationCodeGrant(configuration, url, {
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.codeVerifier,
      idTokenExpected: true,
    });
    const idToken = tokens.claims();
    if (idToken === undefined) throw new SignInRefused('refused', 'the provider has sent no ID token');
    const claims = await this.allClaims(configuration, idToken, tokens.access_token);
    const person = personFrom(claims);
    if (person === undefined) throw new SignInRefused('refused', 'the subject cannot be used');
    return { ...person, roles: rolesIn(claims, this.config.OIDC_ROLES_CLAIM) };
  }

  /** Providers keep what is more than the subject out of the ID token where there is another place for it. */
  private async allClaims(
    configuration: Configuration,
    idToken: IDToken,
    accessToken: string,
  ): Promise<Record<string, unknown>> {
    if (configuration.serverMetadata().userinfo_endpoint === undefined) return idToken;
    return { ...(await fetchUserInfo(configuration, accessToken, idToken.sub)), ...idToken };
  }
}

function keyOf(id: string): string {
  return `sign-in:${createHash('sha256').update(id).digest('base64url')}`;
}
