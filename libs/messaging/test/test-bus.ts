import { rmSync } from 'node:fs';
import { Module, type INestApplication, type Type } from '@nestjs/common';
import { ServiceConfig } from '#config';
import { createLogger, Readiness } from '#observability';
import { loadCredentials, startNats, temporaryDirectory } from '../../../tools/stack/servers.mjs';
import { createService, MessageBus } from '../src/index.js';

export type User = 'gateway' | 'key-management';
type Nats = Awaited<ReturnType<typeof startNats>>;

class TestConfig extends ServiceConfig {
  OPERATIONS_PORT = 0;
}

interface Running {
  app: INestApplication;
  readiness: Readiness;
}

/** A NATS server with the users and permissions of production, and services of this process on it. */
export class TestBus {
  /** Everything that the services have logged, parsed. */
  readonly log: Record<string, unknown>[] = [];
  private readonly running: Running[] = [];

  private constructor(
    private readonly directory: string,
    readonly nats: Nats,
  ) {}

  static async start(): Promise<TestBus> {
    const directory = temporaryDirectory('traylinx-bus');
    return new TestBus(directory, await startNats({ dir: directory }));
  }

  /** Opens a service of that name, as `startService` does within a process. */
  async service(user: User, controllers: Type<unknown>[] = []): Promise<Running> {
    const config = this.configFor(user);
    const readiness = new Readiness();
    const destination = {
      write: (line: string) => this.log.push(JSON.parse(line) as Record<string, unknown>),
    };
    const definition = { name: user, config: TestConfig, module: { module: TestModule, controllers } };
    const logger = createLogger(user, config, destination);
    const { app, open } = await createService(definition, { config, logger, readiness });
    this.running.push({ app, readiness });
    await open();
    readiness.started();
    return { app, readiness };
  }

  /** A service that only asks. */
  async caller(): Promise<MessageBus> {
    const { app } = await this.service('gateway');
    return app.get(MessageBus);
  }

  configFor(user: User): TestConfig {
    const passwords = loadCredentials(this.directory);
    const config = new TestConfig();
    config.LOG_LEVEL = 'debug';
    config.NATS_URL = `nats://127.0.0.1:${String(this.nats.port)}`;
    config.NATS_USER = user;
    config.NATS_PASSWORD =
      user === 'gateway' ? passwords.natsGatewayPassword : passwords.natsKeyManagementPassword;
    return config;
  }

  /** Closes what a test has opened; the server goes on. */
  async closeServices(): Promise<void> {
    await Promise.all(this.running.splice(0).map(({ app }) => app.close()));
    this.log.length = 0;
  }

  async stop(): Promise<void> {
    await this.closeServices();
    await this.nats.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

@Module({})
class TestModule {}
