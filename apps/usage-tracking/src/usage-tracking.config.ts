import { EnvNumber, IsOperationsPort } from '#config';
import { DatabaseServiceConfig } from '#database';
import { IsInt, Max, Min } from 'class-validator';

const MEBIBYTE = 1024 * 1024;

export class UsageTrackingConfig extends DatabaseServiceConfig {
  @IsOperationsPort()
  OPERATIONS_PORT = 9467;

  @EnvNumber('Servers that keep a copy of each event: 1, or 3 in a NATS cluster.')
  @IsInt()
  @Min(1)
  @Max(5)
  EVENTS_REPLICAS = 1;

  @EnvNumber(
    'Bytes of events that may wait in JetStream to be recorded; when it is full, gateways keep theirs.',
  )
  @IsInt()
  @Min(MEBIBYTE)
  EVENTS_MAX_BYTES = 256 * MEBIBYTE;

  @EnvNumber(
    'Events that a replica records in one transaction, two of which it makes a second: a gateway sends up to 10 a second, and as many of refusals of deleted and of expired keys each. More events wait.',
  )
  @IsInt()
  @Min(1)
  @Max(8_192)
  EVENTS_PER_FLUSH = 2_048;

  @EnvNumber('Days that uses by the hour are kept. Fewer would make the counts of the last 30 days wrong.')
  @IsInt()
  @Min(31)
  @Max(400)
  HOURLY_RETENTION_DAYS = 31;

  @EnvNumber('Days that uses by the day are kept. Batches of uses that are older are not counted at all.')
  @IsInt()
  @Min(90)
  @Max(3_650)
  DAILY_RETENTION_DAYS = 400;

  @EnvNumber('Days that the refusals of a deleted or expired key are kept after the last one.')
  @IsInt()
  @Min(90)
  @Max(3_650)
  REFUSAL_RETENTION_DAYS = 90;

  @EnvNumber(
    'Days that events that could not be read are kept; what they say is not counted until they are replayed.',
  )
  @IsInt()
  @Min(1)
  @Max(3_650)
  DEAD_LETTER_RETENTION_DAYS = 90;
}
