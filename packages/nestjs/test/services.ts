import { Controller, Get, type INestApplication, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CurrentKey, Public, TraylinxModule, type VerifiedKey } from '@traylinx/nestjs';
import { requireApiKey } from '@traylinx/nestjs/express';
import { requireApiKey as fastifyPlugin } from '@traylinx/nestjs/fastify';
import express from 'express';
import { fastify } from 'fastify';
import type { AddressInfo, Server } from 'node:net';

export interface Service {
  url: string;
  stop(): Promise<unknown>;
}

function nestApp(gatewayUrl: string): Type {
  @Controller()
  class AgentsController {
    @Get('agents')
    list(@CurrentKey() key: VerifiedKey): VerifiedKey {
      return key;
    }

    @Public()
    @Get('health')
    health(): string {
      return 'ok';
    }
  }

  @Module({
    imports: [
      TraylinxModule.forRootAsync({
        useFactory: () => ({ traylinx: { baseUrl: gatewayUrl, env: {} } }),
      }),
    ],
    controllers: [AgentsController],
  })
  class AppModule {}
  return AppModule;
}

async function listening(app: INestApplication): Promise<Service> {
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), stop: () => app.close() };
}

/** A service of each kind behind the guard, with a route for keys and a public one. */
export const SERVICES: Record<string, (gatewayUrl: string) => Promise<Service>> = {
  'NestJS on Fastify': async (gatewayUrl) =>
    listening(await NestFactory.create(nestApp(gatewayUrl), new FastifyAdapter(), { logger: false })),
  'NestJS on Express': async (gatewayUrl) => {
    return listening(await NestFactory.create(nestApp(gatewayUrl), new ExpressAdapter(), { logger: false }));
  },
  Express: async (gatewayUrl) => {
    const app = express();
    app.get('/health', (_request, response) => void response.send('ok'));
    app.use(requireApiKey({ traylinx: { baseUrl: gatewayUrl, env: {} } }));
    app.get('/agents', (request, response) => void response.json(request.apiKey));
    const server = await new Promise<Server>((resolve) => {
      const starting: Server = app.listen(0, '127.0.0.1', () => resolve(starting));
    });
    const stop = () => new Promise((resolve) => server.close(resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
  },
  Fastify: async (gatewayUrl) => {
    const app = fastify();
    await app.register(fastifyPlugin, { traylinx: { baseUrl: gatewayUrl, env: {} } });
    app.get('/health', { config: { isPublic: true } }, () => 'ok');
    app.get('/agents', (request) => request.apiKey);
    return { url: await app.listen({ port: 0, host: '127.0.0.1' }), stop: () => app.close() };
  },
};
