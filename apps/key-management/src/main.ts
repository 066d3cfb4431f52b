import { startService } from '#messaging';
import { KeyManagementConfig } from './key-management.config.js';
import { KeyManagementModule } from './key-management.module.js';

await startService({ name: 'key-management', config: KeyManagementConfig, module: KeyManagementModule });
