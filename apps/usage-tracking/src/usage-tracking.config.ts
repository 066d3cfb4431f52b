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
}
