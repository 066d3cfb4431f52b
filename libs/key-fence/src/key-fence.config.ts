import { DatabaseServiceConfig, Env, EnvNumber, IsConnectionUrl } from '#config';
import { IsIn, IsInt, Max, Min } from 'class-validator';

const REVOCATION_FENCES = ['reply', 'wait'] as const;

/**
 * Of a service that takes part in the deletion of keys. How long entries live is not here: key-management alone is told, and
 * verifiers read it with the records (`docs/decisions/0007-the-entry-lifetime-travels-with-the-record.md`).
 */
export abstract class KeyFenceConfig extends DatabaseServiceConfig {
  @Env('Redis, as the user of this service: redis://user:password@host:6379. `rediss://` for TLS.', {
    secret: true,
  })
  @IsConnectionUrl(['redis', 'rediss'])
  REDIS_URL!: string;

  @EnvNumber(
    'Milliseconds that a verifier has to put into the cache what it has read. Should be the same for verification and ' +
      'key-management, and does no harm where it is not: the life of an entry counts from when the verifier began.',
  )
  @IsInt()
  // A verifier's own reads may take 750 ms; a token that is gone by then would never be of use.
  @Min(800)
  @Max(5_000)
  FILL_TOKEN_LIFETIME_MS = 1_000;

  @Env(
    '`reply`: a deletion is done when the one Redis server has confirmed it. `wait`, for Redis with replicas: ' +
      'every deletion waits until all cached keys have expired. The same for verification and key-management.',
  )
  @IsIn(REVOCATION_FENCES)
  REVOCATION_FENCE: (typeof REVOCATION_FENCES)[number] = 'reply';
}
