import { IsIn, IsInt, IsOptional, IsString, IsUrl, Max, Min } from 'class-validator';
import { Env, EnvNumber } from './env.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const LOG_FORMATS = ['json', 'pretty'] as const;

/** What every service needs. Each service extends it in its own `<service>.config.ts`. */
export abstract class ServiceConfig {
  @Env('Least severe log level that is written: fatal, error, warn, info, debug, trace or silent.')
  @IsIn(LOG_LEVELS)
  LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  @Env('`json` for machines, `pretty` for people. The default is `pretty` on a terminal.')
  @IsIn(LOG_FORMATS)
  LOG_FORMAT: (typeof LOG_FORMATS)[number] = process.stdout.isTTY ? 'pretty' : 'json';

  @Env('Address that /livez, /readyz and /metrics listen on.')
  @IsString()
  OPERATIONS_HOST = '0.0.0.0';

  /** The default differs from service to service, so that all of them can run on one machine. */
  abstract OPERATIONS_PORT: number;

  @Env('NATS servers, separated by commas: nats://host:4222.')
  @IsString()
  NATS_URL = 'nats://127.0.0.1:4222';

  @Env('User name at NATS.')
  @IsOptional()
  @IsString()
  NATS_USER?: string;

  @Env('Password at NATS.', { secret: true })
  @IsOptional()
  @IsString()
  NATS_PASSWORD?: string;

  @EnvNumber('Milliseconds that work in flight gets to finish after SIGTERM.')
  @IsInt()
  @Min(0)
  @Max(300_000)
  SHUTDOWN_GRACE_MS = 20_000;
}

/** Declares `OPERATIONS_PORT` with a description and its checks, in the class that gives the default. */
export function IsOperationsPort(): PropertyDecorator {
  return (target, property) => {
    EnvNumber('Port of /livez, /readyz and /metrics.')(target, property);
    IsInt()(target, property);
    Min(1)(target, property);
    Max(65_535)(target, property);
  };
}

/** A connection URL of one of the given protocols; host names without a dot are fine. */
export function IsConnectionUrl(protocols: string[]): PropertyDecorator {
  return IsUrl(
    { protocols, require_protocol: true, require_tld: false, require_valid_protocol: true },
    { message: `$property must be a URL that starts with ${protocols.map((p) => `${p}://`).join(' or ')}` },
  );
}
