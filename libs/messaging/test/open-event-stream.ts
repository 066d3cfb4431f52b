import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection as NatsClient } from '@nats-io/transport-node';
import { Logger } from '@nestjs/common';
import { IsISO8601, IsString, IsUUID } from 'class-validator';
import { event, type EventMessage } from '#contracts';
import { Readiness } from '#observability';
import { eventually } from '../../../test/support/eventually.js';
import { anyFreePort } from '../../../tools/stack/ports.mjs';
import { resolveProgram } from '../../../tools/stack/programs.mjs';
import { Server } from '../../../tools/stack/server.mjs';
import { temporaryDirectory } from '../../../tools/stack/servers.mjs';
import { converse } from '../../../tools/stack/tcp.mjs';
import { type EventBatch, EventPublisher, JetStreamServer, NatsConnection } from '../src/index.js';

export const MEBIBYTE = 1024 * 1024;

export class ThingHappened implements EventMessage {
  @IsUUID()
  eventId!: string;

  @IsISO8601()
  occurredAt!: string;

  @IsString()
  text!: string;
}

export const thingHappened = event('evt.tests.v1.happened', ThingHappened);

export const aThing = (text: string): ThingHappened => ({
  eventId: randomUUID(),
  occurredAt: new Date().toISOString(),
  text,
});

export type Handler = (batch: EventBatch<ThingHappened>) => Promise<void>;

interface ConsumerOptions {
  maxBytes?: number;
  readiness?: Readiness;
}

/** NATS where everybody may do everything, as operators may, with services of this process on it. */
export class OpenEventStream {
  private readonly servers: JetStreamServer[] = [];
  private readonly connections: NatsConnection[] = [];

  private constructor(
    private readonly directory: string,
    readonly nats: Server,
  ) {}

  static async start(): Promise<OpenEventStream> {
    Logger.overrideLogger(false);
    const directory = temporaryDirectory('event-stream');
    const port = await anyFreePort();
    const store = storeIn(directory);
    const nats = new Server(
      { port, url: `nats://127.0.0.1:${String(port)}` },
      {
        label: 'nats',
        command: await resolveProgram('nats-server'),
        args: ['--jetstream', '--addr', '127.0.0.1', '--port', String(port), '--store_dir', store],
        dir: directory,
        isReady: () => converse({ port, until: '"jetstream":true' }),
      },
    );
    await nats.start();
    return new OpenEventStream(directory, nats);
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
    await Promise.all(this.connections.map((connection) => connection.close()));
    await this.nats.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async connect(): Promise<NatsConnection> {
    const connection = await NatsConnection.open('tests', { NATS_URL: this.nats.url }, new Readiness());
    this.connections.push(connection);
    return connection;
  }

  async publisher(): Promise<EventPublisher> {
    return new EventPublisher(await this.connect());
  }

  /** Publishes, for as long as it takes. */
  async publish(text: string): Promise<void> {
    const [publisher, thing] = [await this.publisher(), aThing(text)];
    await eventually(() => publisher.publish(thingHappened, thing));
  }

  /** A replica of a service that consumes events. */
  async consume(handler: Handler, options: ConsumerOptions = {}): Promise<JetStreamServer> {
    const { maxBytes = MEBIBYTE, readiness = new Readiness() } = options;
    const connection = await this.connect();
    const server = new JetStreamServer(
      connection,
      { service: 'tests', replicas: 1, maxBytes, batchEvents: 256 },
      readiness,
    );
    server.addHandler(thingHappened.subject, handler as never, true, { contracts: [thingHappened] });
    server.listen(() => undefined);
    this.servers.push(server);
    return server;
  }

  /** A replica that only notes what it gets. */
  async collect(options?: ConsumerOptions): Promise<string[]> {
    const texts: string[] = [];
    await this.consume((batch) => {
      texts.push(...batch.events.map(({ text }) => text));
      return Promise.resolve();
    }, options);
    return texts;
  }

  async manager(): Promise<Awaited<ReturnType<typeof jetstreamManager>>> {
    return jetstreamManager((await this.connect()).client);
  }

  /** The connection that was made last: that of a replica, right after it was started. */
  get lastConnection(): NatsClient {
    const connection = this.connections.at(-1);
    if (connection === undefined) throw new Error('Nobody is connected');
    return connection.client;
  }

  /** As a broken disk does it. */
  async loseEverything(): Promise<void> {
    await this.nats.kill('SIGKILL');
    rmSync(storeIn(this.directory), { recursive: true, force: true });
    await this.nats.start();
  }
}

const storeIn = (directory: string): string => join(directory, 'nats');
