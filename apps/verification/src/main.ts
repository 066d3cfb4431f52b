import { startService } from '#messaging';
import { VerificationConfig } from './verification.config.js';
import { VerificationModule } from './verification.module.js';

await startService({ name: 'verification', config: VerificationConfig, module: VerificationModule });
