export { violatedConstraint } from './connection-failure.js';
export { DatabaseServiceConfig } from '#config';
export { Database } from './database.js';
export { DatabaseModule } from './database.module.js';
