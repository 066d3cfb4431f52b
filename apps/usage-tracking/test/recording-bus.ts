import { apiKeysRefused, apiKeysUsed, type UsageBatch } from '#contracts';
import { EventPublisher, NatsConnection } from '#messaging';
import { Readiness } from '#observability';
import type { INestApplication } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { loadCredentials, startNats, temporaryDirectory } from '../../../tools/stack/servers.mjs';
import { RecordingService } from '../src/recording/recording.service.js';
import { Counts, Publisher, startUsageTracking } from './usage-tracking.js';

type Nats = Awaited<ReturnType<typeof startNats>>;

/** A bus of its own with what a gateway has on it, a database, and as many replicas of usage-tracking as a test asks for. */
export class RecordingBus {
  readonly counts: Counts;
  readonly events: EventPublisher;
  private replicas: INestApplication[] = [];

  private constructor(
    private readonly directory: string,
    readonly nats: Nats,
    readonly database: TestDatabase,
    readonly gatewayLogin: ReturnType<typeof loginTo>,
    /** What a gateway has. */
    readonly gateway: NatsConnection,
  ) {
    this.counts = new Counts(database);
    this.events = new EventPublisher(gateway);
  }

  static async start(): Promise<RecordingBus> {
    const directory = temporaryDirectory('usage-tracking');
    const [nats, database] = await Promise.all([startNats({ dir: directory }), createTestDatabase()]);
    const login = loginTo(nats, 'gateway', loadCredentials(directory).natsGatewayPassword);
    const gateway = await NatsConnection.open('gateway', login, new Readiness());
    return new RecordingBus(directory, nats, database, login, gateway);
  }

  async replica({ databaseUrl = this.database.usageTrackingUrl, env = {} } = {}): Promise<RecordingService> {
    const { natsUsageTrackingPassword } = loadCredentials(this.directory);
    const app = await startUsageTracking({
      ...loginTo(this.nats, 'usage-tracking', natsUsageTrackingPassword),
      DATABASE_URL: databaseUrl,
      ...env,
    });
    this.replicas.push(app);
    return app.get(RecordingService);
  }

  async stopReplicas(): Promise<void> {
    await Promise.all(this.replicas.splice(0).map((app) => app.close()));
  }

  /** As a gateway does: until it is acknowledged. */
  async publish(batch: UsageBatch): Promise<void> {
    const contract = 'reason' in batch ? apiKeysRefused : apiKeysUsed;
    await eventually(() => this.events.publish(contract, batch), { withinMs: 30_000 });
  }

  async eventuallyUses(keyId: string, uses: number): Promise<void> {
    await eventually(
      async () => {
        expect(await this.counts.uses(keyId)).toBe(uses);
      },
      { withinMs: 30_000 },
    );
  }

  /** Everything that is in the stream has been recorded and acknowledged. */
  async drained(): Promise<void> {
    const keyId = randomUUID();
    await this.publish(new Publisher().used([{ keyId }]));
    await this.eventuallyUses(keyId, 1);
  }

  async stop(): Promise<void> {
    await this.stopReplicas();
    await this.gateway.close();
    await this.nats.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function loginTo({ port }: Nats, user: string, password: string) {
  return { NATS_URL: `nats://127.0.0.1:${String(port)}`, NATS_USER: user, NATS_PASSWORD: password };
}
