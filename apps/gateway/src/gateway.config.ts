import { Env, EnvNumber, IsConnectionUrl, IsOperationsPort } from '#config';
import { IsInt, IsOptional, IsString, Matches, Max, Min, ValidateBy } from 'class-validator';
import { isIP } from 'node:net';
import { OidcConfig } from './oidc/oidc.config.js';
import { parseProxyRoutes } from './proxy/proxy-routes.js';

const TOKEN = /^[\x21-\x7e]{32,}$/;
const TOKEN_RULE = 'at least 32 printable ASCII characters without white space';

export class GatewayConfig extends OidcConfig {
  @IsOperationsPort()
  OPERATIONS_PORT = 9464;

  @Env('Address that the API listens on.')
  @IsString()
  HOST = '0.0.0.0';

  @EnvNumber('Port that the API listens on.')
  @IsInt()
  @Min(1)
  @Max(65_535)
  PORT = 8080;

  @Env(
    'Bearer token of the management API, for bootstrap and automation: at least 32 characters, no white space.',
    {
      secret: true,
    },
  )
  @Matches(TOKEN, { message: `$property must be ${TOKEN_RULE}` })
  ADMIN_TOKEN!: string;

  @Env(
    'The admin token before ADMIN_TOKEN, good as well while it is set: change all clients, then unset it. Sessions that were ' +
      'begun with it end then.',
    { secret: true },
  )
  @IsOptional()
  @Matches(TOKEN, { message: `$property must be ${TOKEN_RULE}` })
  ADMIN_TOKEN_PREVIOUS?: string;

  @Env(
    'Bearer tokens of platform services, separated by commas: verify and batch-verify then need one of them. With two, one can ' +
      'be replaced at a time.',
    { secret: true },
  )
  @IsOptional()
  @ValidateBy({
    name: 'areTokens',
    validator: {
      validate: (value) => typeof value === 'string' && tokensIn(value).every((token) => TOKEN.test(token)),
      defaultMessage: () => `each of $property must be ${TOKEN_RULE}`,
    },
  })
  SERVICE_TOKENS?: string;

  @EnvNumber('Attempts to sign in within a minute, of one address (IPv6: of one /64). 0: any number.')
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  MAX_SIGN_INS_PER_MINUTE = 60;

  @EnvNumber(
    'Requests with an admin credential that is not valid within a minute, of one address (IPv6: of one /64); more are answered ' +
      '429. Whoever has a valid one is not affected. 0: any number.',
  )
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  MAX_FAILED_CREDENTIALS_PER_MINUTE = 30;

  @EnvNumber('Changes that one admin may ask for within a minute. 0: any number.')
  @IsInt()
  @Min(0)
  @Max(10_000_000)
  MAX_CHANGES_PER_MINUTE = 6_000;

  @EnvNumber(
    'Refused keys of one address (IPv6: of one /64) within a minute, at /v1/auth, whoami and self; then every request from there ' +
      'is answered 429 for the rest of it. Only where TRUSTED_PROXIES names the proxies in front: else all callers have the ' +
      'address of the proxy. 0: any number.',
  )
  @IsInt()
  @Min(0)
  @Max(10_000_000)
  MAX_FAILED_VERIFICATIONS_PER_MINUTE = 0;

  @Env(
    'Redis of sessions and rate limits, as the user of this service: redis://user:password@host:6379. `rediss://` for TLS.',
    { secret: true },
  )
  @IsConnectionUrl(['redis', 'rediss'])
  SESSION_REDIS_URL!: string;

  @Env(
    'Where browsers find the gateway: https://keys.example.com. Needed behind a proxy that takes the https, unless it is one ' +
      'of TRUSTED_PROXIES. With http, sessions are kept over plain http, where others can read them.',
  )
  @IsOptional()
  @ValidateBy({
    name: 'isOrigin',
    validator: {
      validate: isOrigin,
      defaultMessage: () => '$property must be an http or https URL of a host, without a path',
    },
  })
  PUBLIC_URL?: string;

  @Env(
    'Origins of other web pages that may call the API with a credential of their own, separated by commas. None when unset.',
  )
  @IsOptional()
  @ValidateBy({
    name: 'areOrigins',
    validator: {
      validate: (value) =>
        typeof value === 'string' && value.split(',').every((part) => isOrigin(part.trim())),
      defaultMessage: () => '$property must be origins like https://app.example.com, separated by commas',
    },
  })
  CORS_ORIGINS?: string;

  @EnvNumber('Seconds without a request after which a session of the console ends.')
  @IsInt()
  @Min(1)
  @Max(604_800)
  SESSION_IDLE_TIMEOUT_S = 1_800;

  @EnvNumber('Seconds after which a session of the console ends, whatever happens in it.')
  @IsInt()
  @Min(1)
  @Max(2_592_000)
  SESSION_MAX_AGE_S = 28_800;

  @Env(
    'Proxies whose X-Forwarded-For is believed: addresses or CIDR ranges, separated by commas. None when unset.',
  )
  @IsOptional()
  @ValidateBy({
    name: 'areProxies',
    validator: {
      validate: (value) =>
        typeof value === 'string' && value.split(',').every((part) => isProxy(part.trim())),
      defaultMessage: () => '$property must be addresses or CIDR ranges, separated by commas',
    },
  })
  TRUSTED_PROXIES?: string;

  @Env('Address of Sentinel Pass, to which the console points; it is named without a link when unset.')
  @IsOptional()
  @Matches(/^https?:\/\/[^\s]+$/, { message: '$property must be an http or https address' })
  SENTINEL_PASS_URL?: string;

  @Env('The only organization that paths of /jsonapi/v1 may name. Any when unset.')
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,200}$/, {
    message: '$property must be printable ASCII characters without white space',
  })
  ORGANIZATION_ID?: string;

  @Env(
    'Services that the gateway forwards requests to, once it has verified their key: a JSON list of `{"prefix": "/agents", ' +
      '"upstream": "http://agents:3000"}`. The upstream takes the place of the prefix. None when unset.',
  )
  @IsOptional()
  @ValidateBy({
    name: 'areProxyRoutes',
    validator: {
      validate: (value) => problemOfRoutes(value) === undefined,
      defaultMessage: (context) => `$property${problemOfRoutes(context?.value) ?? ''}`,
    },
  })
  GATEWAY_ROUTES?: string;

  @EnvNumber('Milliseconds that a service may take to begin its answer to a proxied request.')
  @IsInt()
  @Min(100)
  @Max(3_600_000)
  PROXY_TIMEOUT_MS = 60_000;

  @EnvNumber(
    'Seconds after which a proxied request ends, wherever it is: for so long an answer that has begun may outlive its key.',
  )
  @IsInt()
  @Min(1)
  @Max(86_400)
  PROXY_MAX_DURATION_S = 900;

  @EnvNumber('Largest request body, in bytes. Not of proxied requests.')
  @IsInt()
  @Min(1_024)
  @Max(16_777_216)
  MAX_BODY_BYTES = 65_536;

  @EnvNumber('Largest request head (request line and headers), in bytes.')
  @IsInt()
  @Min(4_096)
  @Max(1_048_576)
  MAX_HEADER_BYTES = 16_384;

  @EnvNumber('Longest request target (path and query), in characters.')
  @IsInt()
  @Min(256)
  @Max(65_536)
  MAX_URL_CHARACTERS = 8_192;

  @EnvNumber('Milliseconds that a request may take to arrive completely.')
  @IsInt()
  @Min(100)
  @Max(300_000)
  REQUEST_TIMEOUT_MS = 10_000;

  @EnvNumber(
    'Milliseconds for which nothing may move on a connection while a request or its answer is under way: a client that asks and ' +
      'then does not read is cut off. Longer than a deletion can take.',
  )
  @IsInt()
  @Min(20_000)
  @Max(600_000)
  STALL_TIMEOUT_MS = 60_000;

  @EnvNumber(
    'Different denials (by who, from where, of what) that are told apart in the audit trail at a time; the rest of a minute is one event.',
  )
  @IsInt()
  @Min(1)
  @Max(10_000)
  MAX_AUDITED_DENIALS = 100;
}

/** The tokens in a list. */
export function tokensIn(list: string): string[] {
  return list.split(',').map((token) => token.trim());
}

/** What is wrong with it, as it goes on after its name. */
function problemOfRoutes(value: unknown): string | undefined {
  try {
    parseProxyRoutes(String(value));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isOrigin(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, href, origin } = new URL(value);
  return /^https?:$/.test(protocol) && href === `${origin}/`;
}

/** What Fastify takes: an address, a range that is not everybody, or one of its names for ranges. */
function isProxy(text: string): boolean {
  const [, address, bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (address === undefined) return false;
  const version = isIP(address);
  if (version === 0) return ['loopback', 'linklocal', 'uniquelocal'].includes(text);
  return bits === undefined || (Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128));
}
