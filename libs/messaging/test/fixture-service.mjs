// A service that start-service.int-spec.ts starts as a process, from dist/ as in production. As `key-management` it
// answers requests over the bus, as `gateway` it has an HTTP door and asks.
import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { request } from '#contracts';
import { Env, IsOperationsPort, ServiceConfig } from '#config';
import { Handles, MessageBus, startService } from '#messaging';
import { IsString } from 'class-validator';

class FixtureConfig extends ServiceConfig {
  OPERATIONS_PORT = 9468;
  PORT = '0';
  REQUIRED_TOKEN;
}
IsOperationsPort()(FixtureConfig.prototype, 'OPERATIONS_PORT');
Env('Port of the HTTP door.')(FixtureConfig.prototype, 'PORT');
Env('Has no default.', { secret: true })(FixtureConfig.prototype, 'REQUIRED_TOKEN');
IsString()(FixtureConfig.prototype, 'REQUIRED_TOKEN');

class WorkRequest {}
IsString()(WorkRequest.prototype, 'work');
class WorkResponse {}
const work = request('req.projects.v1.work', WorkRequest, WorkResponse);

class WorkController {
  /** @param {{ work: string }} asked */
  async work(asked) {
    if (asked.work === 'rejection') void Promise.reject(new Error('nobody waits for this'));
    if (asked.work === 'for ever') await new Promise(() => undefined);
    if (asked.work === 'slow') await setTimeout(500);
    return { done: asked.work };
  }
}
decorateMethod(WorkController, 'work', Handles(work));
Controller()(WorkController);

class DoorController {
  /** @param {MessageBus} bus */
  constructor(bus) {
    this.bus = bus;
  }

  /** Asks over the bus when the process has been told to stop meanwhile, which must still be possible. */
  async slow() {
    process.stdout.write('in flight\n');
    await setTimeout(500);
    return this.bus.request(work, { work: 'late' }).catch((error) => ({ failed: error.code }));
  }
}
decorateMethod(DoorController, 'slow', Get('slow'));
Inject(MessageBus)(DoorController, undefined, 0);
Controller()(DoorController);

class FixtureModule {
  onApplicationShutdown() {
    process.stdout.write('shutdown hook\n');
  }
}
const isGateway = process.env['NATS_USER'] === 'gateway';
Module({ controllers: [isGateway ? DoorController : WorkController] })(FixtureModule);

/** What `@decorator` in front of a method does. @param {Function} target @param {string} name @param {Function} decorator */
function decorateMethod(target, name, decorator) {
  decorator(target.prototype, name, Object.getOwnPropertyDescriptor(target.prototype, name));
}

await startService({
  name: isGateway ? 'gateway' : 'key-management',
  config: FixtureConfig,
  module: FixtureModule,
  ...(isGateway ? { http: httpDoor } : {}),
});

function httpDoor({ config }) {
  return { adapter: new FastifyAdapter(), host: '127.0.0.1', port: Number(config.PORT) };
}
