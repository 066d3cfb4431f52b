import { loadConfig } from '#config';
import { startService } from '#messaging';
import { KeyManagementConfig } from './key-management.config.js';
import { KeyManagementModule } from './key-management.module.js';

const config = loadConfig(KeyManagementConfig);

await startService({ name: 'key-management', config, module: KeyManagementModule.register(config) });
