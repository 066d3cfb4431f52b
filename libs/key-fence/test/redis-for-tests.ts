import { rmSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { KeyFence, type KeyFenceOptions } from '#key-fence';
import { eventually } from '../../../test/support/eventually.js';
import { loadCredentials, redisUrl, startRedis, temporaryDirectory } from '../../../tools/stack/servers.mjs';

/** A Redis of one test file, with the configuration and the users that the platform runs with. */
export async function startRedisForTests(): Promise<RedisForTests> {
  // Each loss of the connection is reported; here they are all wanted.
  Logger.overrideLogger(false);
  const directory = temporaryDirectory('key-fence');
  return new RedisForTests(directory, await startRedis({ dir: directory }));
}

export class RedisForTests {
  private readonly opened: KeyFence[] = [];
  /** May do everything, and comes back by itself after a restart. */
  readonly admin: Redis;

  constructor(
    private readonly directory: string,
    readonly server: Awaited<ReturnType<typeof startRedis>>,
  ) {
    this.admin = new Redis(server.url, { retryStrategy: () => 20 });
    this.admin.on('error', () => undefined);
  }

  /** As the service `verification` is. */
  get url(): string {
    return redisUrl(
      this.server.port,
      'verification',
      loadCredentials(this.directory).redisVerificationPassword,
    );
  }

  /** Resolves when it is in use. It is closed with the server. */
  async connect(options: Partial<KeyFenceOptions> = {}): Promise<KeyFence> {
    const keyFence = new KeyFence({
      redisUrl: this.url,
      connectionName: 'test',
      // Far more than any call takes, so that a busy machine fails no test that is about something else.
      budgetMs: 2_000,
      fillTokenLifetimeMs: 60_000,
      ...options,
    });
    this.opened.push(keyFence);
    await eventually(() => keyFence.lookup(['connected?']));
    return keyFence;
  }

  /** The machine loses power and comes back with what was saved last. */
  async crashAndRestart(): Promise<void> {
    await this.server.kill('SIGKILL');
    await this.server.start();
    await eventually(() => this.admin.ping());
  }

  async stop(): Promise<void> {
    for (const keyFence of this.opened) keyFence.onApplicationShutdown();
    this.admin.disconnect();
    await this.server.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
