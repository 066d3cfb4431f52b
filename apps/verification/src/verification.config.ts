import { IsOperationsPort } from '#config';
import { KeyFenceConfig } from '#key-fence';

export class VerificationConfig extends KeyFenceConfig {
  @IsOperationsPort()
  OPERATIONS_PORT = 9466;
}
