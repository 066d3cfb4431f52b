import { startService } from '#messaging';
import { GatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { httpDoor } from './http/http-door.js';

await startService({ name: 'gateway', config: GatewayConfig, module: GatewayModule, http: httpDoor });
