export { DatabaseServiceConfig } from './database-service.config.js';
export { describeVariables, Env, EnvNumber, type VariableDescription } from './env.js';
export { ConfigError, loadConfig } from './load-config.js';
export { IsConnectionUrl, IsOperationsPort, ServiceConfig } from './service-config.js';
