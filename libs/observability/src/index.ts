export { createLogger, type LogConfig, type Logger } from './logger.js';
export { NestLogger } from './nest-logger.js';
export { OperationsServer, type OperationsConfig } from './operations-server.js';
export { Readiness, type Missing, type ReadinessCheck } from './readiness.js';
export { redactText } from './redaction.js';
export { requestContext, requestContextFrom, type RequestContext } from './request-context.js';
export { requestIdFrom } from './request-id.js';
