import { Env, EnvNumber, IsOperationsPort, ServiceConfig } from '#config';
import { IsInt, IsOptional, IsString, Matches, Max, Min, MinLength, ValidateBy } from 'class-validator';
import { isIP } from 'node:net';

export class GatewayConfig extends ServiceConfig {
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
  @IsString()
  @MinLength(32)
  @Matches(/^[\x21-\x7e]*$/, {
    message: '$property must consist of printable ASCII characters without white space',
  })
  ADMIN_TOKEN!: string;

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

  @EnvNumber('Largest request body, in bytes.')
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
    'Different denials (by who, from where, of what) that are told apart in the audit trail at a time; the rest of a minute is one event.',
  )
  @IsInt()
  @Min(1)
  @Max(10_000)
  MAX_AUDITED_DENIALS = 100;
}

/** What Fastify takes: an address, a range that is not everybody, or one of its names for ranges. */
function isProxy(text: string): boolean {
  const [, address, bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (address === undefined) return false;
  const version = isIP(address);
  if (version === 0) return ['loopback', 'linklocal', 'uniquelocal'].includes(text);
  return bits === undefined || (Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128));
}
