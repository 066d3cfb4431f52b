import { EnvNumber, IsOperationsPort } from '#config';
import { KeyFenceConfig } from '#key-fence';
import { IsInt, Max, Min } from 'class-validator';

export class KeyManagementConfig extends KeyFenceConfig {
  @IsOperationsPort()
  OPERATIONS_PORT = 9465;

  @EnvNumber('Most API keys that a project can have; deleted ones do not count.')
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  MAX_API_KEYS_PER_PROJECT = 10_000;

  @EnvNumber('Milliseconds that a deletion waits for Redis to confirm the fence, each time it tries.')
  @IsInt()
  @Min(10)
  @Max(2_000)
  FENCE_TIMEOUT_MS = 250;
}
