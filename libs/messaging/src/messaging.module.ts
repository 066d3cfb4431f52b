import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Readiness } from '#observability';
import { EventPublisher } from './jetstream.publisher.js';
import { MessageBus } from './message-bus.js';
import { NatsConnection, type NatsConfig } from './nats-connection.js';
import { NatsRequestServer } from './nats-request.server.js';

/**
 * The bus for every provider of a service. Global, which also makes Nest shut it down last: other modules may use
 * the connection in their `onApplicationShutdown`.
 */
@Global()
@Module({})
export class MessagingModule implements OnApplicationShutdown {
  constructor(private readonly connection: NatsConnection) {}

  static forService(service: string, config: NatsConfig, readiness: Readiness): DynamicModule {
    return {
      module: MessagingModule,
      providers: [
        { provide: Readiness, useValue: readiness },
        { provide: NatsConnection, useFactory: () => NatsConnection.open(service, config, readiness) },
        MessageBus,
        EventPublisher,
        {
          provide: NatsRequestServer,
          useFactory: (connection: NatsConnection) => new NatsRequestServer(connection, service),
          inject: [NatsConnection],
        },
      ],
      exports: [Readiness, NatsConnection, MessageBus, EventPublisher, NatsRequestServer],
    };
  }

  onApplicationShutdown(): Promise<void> {
    return this.connection.close();
  }
}
