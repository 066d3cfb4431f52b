export { createService, type HttpDoor, type ServiceDefinition } from './create-service.js';
export { Handles } from './handles.js';
export { DEFAULT_TIMEOUT_MS, MessageBus, type RequestOptions } from './message-bus.js';
export { messageValidation } from './message-validation.js';
export { MessagingModule } from './messaging.module.js';
export { NatsConnection, type NatsConfig } from './nats-connection.js';
export { startService } from './start-service.js';
