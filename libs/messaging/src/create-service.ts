import { type DynamicModule, type INestApplication, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy, Server } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServiceConfig } from '#config';
import { type Logger, NestLogger, type Readiness } from '#observability';
import { HttpConnections } from './http-connections.js';
import { MessagingModule } from './messaging.module.js';
import { NatsRequestServer } from './nats-request.server.js';

/** What `startService` has to know about a service. */
export interface ServiceDefinition<C extends ServiceConfig> {
  /** Also its queue group, the name of its NATS connection and of its inboxes. */
  name: string;
  /** Read from the environment; every provider may inject the instance by this class. */
  config: new () => C;
  module: Type<unknown> | DynamicModule;
  /** Other sources of messages than requests: providers of `module`. */
  strategies?: readonly Type<Server & CustomTransportStrategy>[];
  /** Only a service with an HTTP door has this. */
  http?: (service: { config: C; logger: Logger }) => HttpDoor;
}

export interface HttpDoor {
  adapter: FastifyAdapter;
  host: string;
  port: number;
  /** Hooks, plugins and pipes, before the first route is registered. */
  configure?: (app: NestFastifyApplication, connections: HttpConnections) => Promise<void> | void;
}

/** What the process gives to the service. */
export interface ServiceSurroundings<C extends ServiceConfig> {
  config: C;
  logger: Logger;
  readiness: Readiness;
}

/** A service that is assembled: connected to what it needs, not yet at work. */
export interface AssembledService {
  app: INestApplication;
  /** Subscribes, then opens the HTTP door: a request that gets in finds everything in place. */
  open: () => Promise<void>;
  /** Answers what is in flight, HTTP first as it may need the rest, then runs the shutdown hooks. */
  close: () => Promise<void>;
}

/** Resolves when everything the service's providers wait for is there. Knows nothing of the process. */
export async function createService<C extends ServiceConfig>(
  definition: ServiceDefinition<C>,
  { config, logger, readiness }: ServiceSurroundings<C>,
): Promise<AssembledService> {
  const http = definition.http?.({ config, logger });
  const root: DynamicModule = {
    module: ServiceModule,
    global: true,
    imports: [MessagingModule.forService(definition.name, config, readiness), definition.module],
    providers: [{ provide: definition.config, useValue: config }],
    exports: [definition.config],
  };
  // An application with several transports is "hybrid" in Nest and needs an HTTP adapter, if only to leave it alone.
  const app = await NestFactory.create<NestFastifyApplication>(root, http?.adapter ?? new FastifyAdapter(), {
    logger: new NestLogger(logger),
    // Nest would also read forms, which any web page may send to us without asking; Fastify reads JSON by itself.
    bodyParser: false,
    abortOnError: false,
  });
  for (const strategy of [NatsRequestServer, ...(definition.strategies ?? [])]) {
    app.connectMicroservice({
      strategy: app.get<Server & CustomTransportStrategy>(strategy, { strict: false }),
    });
  }
  const httpConnections = new HttpConnections(app.getHttpServer());
  await http?.configure?.(app, httpConnections);
  await app.init();

  return {
    app,
    open: async () => {
      await app.startAllMicroservices();
      if (http !== undefined) await app.listen(http.port, http.host);
    },
    close: async () => {
      await httpConnections.drain();
      await app.close();
    },
  };
}

/** The root: what every service has, around what this one does. */
@Module({})
class ServiceModule {}
