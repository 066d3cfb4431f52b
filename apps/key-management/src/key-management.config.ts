import { Env, EnvNumber, IsOperationsPort } from '#config';
import { KeyFenceConfig } from '#key-fence';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { IsWebhookUrl } from './notifications/is-webhook-url.js';

/** A deletion that has to wait out the cache must still be answered within the 15 s that the bus gives it. */
const LONGEST_WAIT_MS = 13_000;

export class KeyManagementConfig extends KeyFenceConfig {
  @IsOperationsPort()
  OPERATIONS_PORT = 9465;

  @EnvNumber('Most API keys that a project can have; deleted ones do not count.')
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  MAX_API_KEYS_PER_PROJECT = 10_000;

  @EnvNumber('Seconds for which an Idempotency-Key makes no second API key.')
  @IsInt()
  @Min(60)
  @Max(2_592_000)
  IDEMPOTENCY_KEY_LIFETIME_S = 86_400;

  @EnvNumber(
    'Most API keys that one page of a filtered list across all projects looks at; what is not found among them is on the next page.',
  )
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  MAX_SCANNED_API_KEYS = 10_000;

  @EnvNumber(
    'Most API keys that a list across projects sorts by last use; it is refused when there are more.',
  )
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  MAX_SORTED_API_KEYS = 50_000;

  @EnvNumber('Milliseconds that a deletion waits for Redis to confirm the fence, each time it tries.')
  @IsInt()
  @Min(10)
  @Max(2_000)
  FENCE_TIMEOUT_MS = 250;

  @EnvNumber(
    'Milliseconds that a cached key is served without asking PostgreSQL: longer tolerates longer outages of PostgreSQL, ' +
      'and makes DELETE slower while Redis is out of reach. Verifiers are told; of several values, the one of the process ' +
      'that was started last counts.',
  )
  @IsInt()
  @Min(1_000)
  @Max(12_000)
  ENTRY_LIFETIME_MS = 10_000;

  @EnvNumber('Milliseconds that the clock of Redis may step back without harm.')
  @IsInt()
  @Min(100)
  @Max(5_000)
  FENCE_MARGIN_MS = 500;

  @Env(
    'Address that is told of keys that expire soon, and of calls with deleted keys. Nobody is told when unset. HTTPS, unless it is ' +
      'on loopback or WEBHOOK_ALLOW_HTTP is set; no user name or password in it.',
    { secret: true },
  )
  @IsOptional()
  @IsWebhookUrl()
  WEBHOOK_URL?: string;

  @Env('Secret that signs what is sent to WEBHOOK_URL: whsec_ and 24 to 64 bytes in base64.', {
    secret: true,
  })
  @IsOptional()
  @Matches(/^whsec_(?=.{32,88}$)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, {
    message: '$property must be whsec_ and 24 to 64 bytes in base64',
  })
  WEBHOOK_SECRET?: string;

  @Env(
    '`true` lets WEBHOOK_URL be plain HTTP, where whoever is on the way can read notes and names of projects.',
  )
  @IsIn(['true', 'false'])
  WEBHOOK_ALLOW_HTTP: 'true' | 'false' = 'false';

  @EnvNumber('Milliseconds that the webhook may take to answer.')
  @IsInt()
  @Min(100)
  @Max(30_000)
  WEBHOOK_TIMEOUT_MS = 10_000;

  @EnvNumber(
    'Attempts to tell the webhook one thing, 5 s apart at first and twice as long each time, at most 6 h.',
  )
  @IsInt()
  @Min(1)
  @Max(30)
  WEBHOOK_MAX_ATTEMPTS = 12;

  /** F + L + margin in milliseconds. What a deletion really waits for, it asks {@link EntryLifetime}. */
  @Max(LONGEST_WAIT_MS, {
    message: `FILL_TOKEN_LIFETIME_MS, ENTRY_LIFETIME_MS and FENCE_MARGIN_MS must add up to at most ${String(LONGEST_WAIT_MS)}`,
  })
  get fenceWaitMs(): number {
    return this.FILL_TOKEN_LIFETIME_MS + this.ENTRY_LIFETIME_MS + this.FENCE_MARGIN_MS;
  }
}
