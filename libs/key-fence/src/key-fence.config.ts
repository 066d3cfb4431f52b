import { DatabaseServiceConfig, Env, EnvNumber, IsConnectionUrl } from '#config';
import { IsIn, IsInt, Max, Min } from 'class-validator';

const REVOCATION_FENCES = ['reply', 'wait'] as const;

/** A deletion that has to wait out the cache must still be answered within the 15 s that the bus gives it. */
const LONGEST_WAIT_MS = 13_000;

/**
 * Of a service that takes part in the deletion of keys. The lifetimes must be the same in all of them:
 * key-management waits for as long as *it* believes that entries of the verifiers can live. To change them
 * on a running platform, raise them in key-management first and lower them there last.
 */
export abstract class KeyFenceConfig extends DatabaseServiceConfig {
  @Env('Redis, as the user of this service: redis://user:password@host:6379. `rediss://` for TLS.', {
    secret: true,
  })
  @IsConnectionUrl(['redis', 'rediss'])
  REDIS_URL!: string;

  @EnvNumber(
    'Milliseconds that a verifier has to put into the cache what it has read. ' +
      'The same for verification and key-management.',
  )
  @IsInt()
  // A verifier's own reads may take 750 ms; a token that is gone by then would never be of use.
  @Min(800)
  @Max(5_000)
  FILL_TOKEN_LIFETIME_MS = 1_000;

  @EnvNumber(
    'Milliseconds that a cached key is served without asking PostgreSQL: longer tolerates longer outages of PostgreSQL, ' +
      'and makes DELETE slower while Redis is out of reach. The same for verification and key-management.',
  )
  @IsInt()
  @Min(1_000)
  @Max(12_000)
  ENTRY_LIFETIME_MS = 10_000;

  @EnvNumber(
    'Milliseconds that the clock of Redis may step back without harm. The same for verification and key-management.',
  )
  @IsInt()
  @Min(100)
  @Max(5_000)
  FENCE_MARGIN_MS = 500;

  @Env(
    '`reply`: a deletion is done when the one Redis server has confirmed it. `wait`, for Redis with replicas: ' +
      'every deletion waits until all cached keys have expired. The same for verification and key-management.',
  )
  @IsIn(REVOCATION_FENCES)
  REVOCATION_FENCE: (typeof REVOCATION_FENCES)[number] = 'reply';

  /** F + L + margin in milliseconds: after that, no entry can exist that was read before. */
  @Max(LONGEST_WAIT_MS, {
    message: `FILL_TOKEN_LIFETIME_MS, ENTRY_LIFETIME_MS and FENCE_MARGIN_MS must add up to at most ${String(LONGEST_WAIT_MS)}`,
  })
  get fenceWaitMs(): number {
    return this.FILL_TOKEN_LIFETIME_MS + this.ENTRY_LIFETIME_MS + this.FENCE_MARGIN_MS;
  }
}
