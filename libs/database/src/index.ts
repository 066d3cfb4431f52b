export { isConnectionFailure, violatedConstraint } from './connection-failure.js';
export { DatabaseServiceConfig } from './database.config.js';
export { Database } from './database.js';
export { DatabaseModule } from './database.module.js';
