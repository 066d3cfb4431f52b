import { Env, EnvNumber, ServiceConfig } from '#config';
import {
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  type ValidationArguments,
} from 'class-validator';
import { LOOPBACK_NAME } from '../http/loopback-name.js';

/** With a public key: one that is shared with the provider could be used to make tokens. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** Who signs in by an OpenID Connect provider. Unset as a whole, or complete: half of it would be half a lock. */
export abstract class OidcConfig extends ServiceConfig {
  @Env(
    'OpenID Connect provider that admins sign in with: https://id.example.com/realms/main, as it names itself.',
  )
  @IsOptional()
  @ValidateBy({
    name: 'isIssuer',
    validator: {
      validate: isIssuer,
      defaultMessage: () => '$property must be an https URL without a query',
    },
  })
  OIDC_ISSUER?: string;

  @Env(
    'Audience of the access tokens that the management API takes as bearer tokens. None are taken when unset. Another one than ' +
      'OIDC_CLIENT_ID, so that an ID token is not taken for an access token.',
  )
  @IsOptional()
  @IsString()
  OIDC_AUDIENCE?: string;

  @Env(
    'Client id at the provider, by which the console signs in. Its redirect URI is <PUBLIC_URL>/v1/session/callback.',
  )
  @IsOptional()
  @IsString()
  OIDC_CLIENT_ID?: string;

  @Env('Secret of the client; unset for a public one.', { secret: true })
  @IsOptional()
  @IsString()
  OIDC_CLIENT_SECRET?: string;

  @Env('What the console calls the provider: "Sign in with …".')
  @IsString()
  @MaxLength(50)
  OIDC_NAME = 'single sign-on';

  @Env('Scopes that the console asks for, separated by blanks.')
  @Matches(/^openid( [\x21-\x7e]+)*$/, { message: '$property must begin with openid' })
  OIDC_SCOPES = 'openid profile email';

  @Env(
    'Claim that has the roles, in access tokens as in ID tokens or at the userinfo endpoint; with dots for what is nested: ' +
      'realm_access.roles. Roles are admin, viewer, project:<id>:admin and project:<id>:viewer; others are ignored.',
  )
  @IsString()
  @IsNotEmpty()
  OIDC_ROLES_CLAIM = 'roles';

  @Env('Algorithms of signatures that are accepted, separated by commas.')
  @ValidateBy({
    name: 'areAlgorithms',
    validator: {
      validate: (value) =>
        typeof value === 'string' && value.split(',').every((name) => ALGORITHMS.includes(name.trim())),
      defaultMessage: () => `$property must be some of ${ALGORITHMS.join(', ')}, separated by commas`,
    },
  })
  OIDC_ALGORITHMS = 'RS256,PS256,ES256,EdDSA';

  @EnvNumber('Seconds that the clock of the provider may differ from ours.')
  @IsInt()
  @Min(0)
  @Max(300)
  OIDC_CLOCK_TOLERANCE_S = 15;

  /** Not a variable: what the variables have to be together. */
  @ValidateBy({
    name: 'oidcIsComplete',
    validator: {
      validate: (_value, args) => oidcProblem(args) === undefined,
      defaultMessage: (args) => oidcProblem(args) ?? '',
    },
  })
  get oidcIsConfigured(): boolean {
    return this.OIDC_ISSUER !== undefined;
  }
}

function oidcProblem(args: ValidationArguments | undefined): string | undefined {
  const { OIDC_ISSUER, OIDC_AUDIENCE, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = args?.object as OidcConfig;
  if (OIDC_ISSUER === undefined) {
    const alone = Object.entries({ OIDC_AUDIENCE, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET }).find(
      ([, value]) => value !== undefined,
    );
    return alone && `${alone[0]} needs OIDC_ISSUER`;
  }
  if (OIDC_AUDIENCE === undefined && OIDC_CLIENT_ID === undefined) {
    return 'OIDC_ISSUER needs OIDC_CLIENT_ID (for the console), OIDC_AUDIENCE (for access tokens) or both';
  }
  if (OIDC_CLIENT_SECRET !== undefined && OIDC_CLIENT_ID === undefined) {
    return 'OIDC_CLIENT_SECRET needs OIDC_CLIENT_ID';
  }
  return OIDC_AUDIENCE === OIDC_CLIENT_ID ? 'OIDC_AUDIENCE must differ from OIDC_CLIENT_ID' : undefined;
}

function isIssuer(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname, search, hash } = new URL(value);
  if (search !== '' || hash !== '') return false;
  // Whoever can change what the provider says decides who is an admin.
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK_NAME.test(hostname));
}
