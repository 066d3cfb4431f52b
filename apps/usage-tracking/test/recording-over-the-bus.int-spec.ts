import { apiKeysRefused, apiKeysUsed, type UsageBatch } from '#contracts';
import { EventPublisher, NatsConnection } from '#messaging';
import { Readiness } from '#observability';
import { jetstream } from '@nats-io/jetstream';
import { jest } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { startTcpProxy, type TcpProxy } from '../../../tools/stack/tcp-proxy.mjs';
import { loadCredentials, startNats, temporaryDirectory } from '../../../tools/stack/servers.mjs';
import { RecordingService } from '../src/recording/recording.service.js';
import { Counts, Publisher, startUsageTracking } from './usage-tracking.js';

let directory: string;
let nats: Awaited<ReturnType<typeof startNats>>;
let database: TestDatabase;
let proxy: TcpProxy;
let counts: Counts;
/** What a gateway has. */
let gateway: NatsConnection;
let events: EventPublisher;
let replicas: INestApplication[] = [];

beforeAll(async () => {
  directory = temporaryDirectory('usage-tracking');
  [nats, database] = await Promise.all([startNats({ dir: directory }), createTestDatabase()]);
  proxy = await startTcpProxy(database.usageTrackingUrl);
  counts = new Counts(database);
  const { natsGatewayPassword } = loadCredentials(directory);
  gateway = await NatsConnection.open('gateway', bus('gateway', natsGatewayPassword), new Readiness());
  events = new EventPublisher(gateway);
}, 60_000);

afterEach(async () => {
  proxy.heal();
  await Promise.all(replicas.map((app) => app.close()));
  replicas = [];
});

afterAll(async () => {
  await gateway.close();
  await proxy.close();
  await nats.stop();
  rmSync(directory, { recursive: true, force: true });
});

function bus(user: string, password: string) {
  return { NATS_URL: `nats://127.0.0.1:${String(nats.port)}`, NATS_USER: user, NATS_PASSWORD: password };
}

async function replica(): Promise<RecordingService> {
  const app = await startUsageTracking({
    ...bus('usage-tracking', loadCredentials(directory).natsUsageTrackingPassword),
    DATABASE_URL: proxy.url(database.usageTrackingUrl),
  });
  replicas.push(app);
  return app.get(RecordingService);
}

/** As a gateway does: until it is acknowledged. */
async function publish(batch: UsageBatch): Promise<void> {
  const contract = 'reason' in batch ? apiKeysRefused : apiKeysUsed;
  await eventually(() => events.publish(contract, batch), { withinMs: 30_000 });
}

async function eventuallyUses(keyId: string, uses: number): Promise<void> {
  await eventually(
    async () => {
      expect(await counts.uses(keyId)).toBe(uses);
    },
    { withinMs: 30_000 },
  );
}

/** Everything that is in the stream has been recorded and acknowledged. */
async function drained(): Promise<void> {
  const publisher = new Publisher();
  const keyId = randomUUID();
  await publish(publisher.used([{ keyId }]));
  await eventuallyUses(keyId, 1);
}

describe('uses that gateways publish', () => {
  it('are recorded within two seconds', async () => {
    await replica();
    await drained();
    const keyId = randomUUID();
    const startedAt = performance.now();
    await publish(new Publisher().used([{ keyId }]));
    await eventuallyUses(keyId, 1);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('are recorded when they were published before anybody consumed them', async () => {
    await replica();
    await drained();
    await Promise.all(replicas.splice(0).map((app) => app.close()));
    const keyId = randomUUID();
    await publish(new Publisher().used([{ keyId }]));
    await replica();
    await eventuallyUses(keyId, 1);
  });

  it('are counted once when the process dies between commit and acknowledgement', async () => {
    const recording = await replica();
    await drained();
    const keyId = randomUUID();
    const record = recording.record.bind(recording);
    const dying = jest.spyOn(recording, 'record').mockImplementationOnce(async (batch) => {
      await record(batch);
      throw new Error('died');
    });
    await publish(new Publisher().used([{ keyId }]));
    // The second time is the repetition.
    await eventually(() => {
      expect(dying.mock.calls.length).toBeGreaterThan(1);
    });
    await drained();
    expect(await counts.uses(keyId)).toBe(1);
  });

  it('are counted once when the same batch is stored twice, which the server prevents for two minutes only', async () => {
    await replica();
    const keyId = randomUUID();
    const batch = new Publisher().used([{ keyId }]);
    for (let copies = 0; copies < 2; copies++) {
      const content = JSON.stringify(batch);
      await jetstream(gateway.client).publish(apiKeysUsed.subject, content, { msgID: randomUUID() });
      await eventuallyUses(keyId, 1);
    }
    await drained();
    expect(await counts.uses(keyId)).toBe(1);
  });

  it('are counted once by two replicas that take turns in dying between commit and acknowledgement', async () => {
    for (const recording of [await replica(), await replica()]) {
      const record = recording.record.bind(recording);
      let times = 0;
      jest.spyOn(recording, 'record').mockImplementation(async (batch) => {
        await record(batch);
        if (++times % 2 === 1) throw new Error('died');
      });
    }
    const keyIds = Array.from({ length: 10 }, () => randomUUID());
    const publishers = Array.from({ length: 3 }, () => new Publisher());
    for (let round = 0; round < 40; round++) {
      const uses = keyIds.map((keyId) => ({ keyId }));
      await Promise.all(publishers.map((publisher) => publish(publisher.used(uses))));
    }
    for (const keyId of keyIds) await eventuallyUses(keyId, 120);
    await drained();
    for (const keyId of keyIds) expect(await counts.uses(keyId)).toBe(120);
  }, 60_000);

  it('wait for PostgreSQL while it is away, and are then all there', async () => {
    const record = jest.spyOn(await replica(), 'record');
    await drained();
    proxy.cut();
    const keyId = randomUUID();
    const publisher = new Publisher();
    for (let round = 0; round < 20; round++) await publish(publisher.used([{ keyId }]));
    await eventually(async () => {
      const outcomes = await Promise.allSettled(record.mock.results.map(({ value }) => value));
      expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(1);
    });
    proxy.heal();
    await eventuallyUses(keyId, 20);
  }, 60_000);

  it('are all there after NATS was killed and started again', async () => {
    await replica();
    await drained();
    const keyId = randomUUID();
    const publisher = new Publisher();
    let published = 0;
    const restarted = new AbortController();
    const publishing = (async () => {
      for (; !restarted.signal.aborted; published++) await publish(publisher.used([{ keyId }]));
    })();
    await eventually(() => {
      expect(published).toBeGreaterThan(10);
    });
    await nats.kill('SIGKILL');
    await nats.start();
    restarted.abort();
    await publishing;
    await eventuallyUses(keyId, published);
  }, 60_000);

  it('are not held up by a thousand messages that nobody can read, all of which are kept', async () => {
    await replica();
    await drained();
    await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        jetstream(gateway.client).publish(apiKeysUsed.subject, `poison ${String(index)}`),
      ),
    );
    const keyId = randomUUID();
    const startedAt = performance.now();
    await publish(new Publisher().used([{ keyId }]));
    await eventuallyUses(keyId, 1);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    const [letters] = await counts.rows<{ different: string }>(
      `SELECT count(DISTINCT payload) AS different FROM usage_tracking.dead_letters WHERE reason = 'not JSON'`,
    );
    expect(letters?.different).toBe('1000');
  }, 60_000);

  it('are listed, replayed and discarded by a command when they could not be read', async () => {
    const recording = await replica();
    await drained();
    await counts.rows('TRUNCATE usage_tracking.dead_letters');
    const [keyId, publisher] = [randomUUID(), new Publisher()];
    const env = {
      ...process.env,
      ...bus('gateway', loadCredentials(directory).natsGatewayPassword),
      DATABASE_URL: database.usageTrackingUrl,
    };
    const command = (...args: string[]): string =>
      execFileSync(process.execPath, ['tools/usage.mjs', 'dead-letters', ...args], { env, encoding: 'utf8' });
    // What an older usage-tracking would have made of a batch that it did not understand.
    const unread = (streamSequence: number, payload: string) => ({
      subject: apiKeysUsed.subject,
      streamSequence,
      publishedAt: new Date(),
      payload: Buffer.from(payload),
      reason: 'property colour should not exist',
    });
    const letter = JSON.stringify(publisher.used([{ keyId, count: 3 }]));
    await recording.record({ events: [], malformed: [unread(1, letter), unread(2, '\u001b[2J nonsense')] });

    const [first, second] = command('list').trim().split('\n');
    expect(first).toMatch(/evt\.api-keys\.v1\.used .* property colour should not exist$/);
    const [good = '', bad = ''] = [first, second].map((line) => line?.split('  ')[0] ?? '');
    expect(command('show', good)).toContain(keyId);
    expect(command('show', bad)).not.toContain('\u001b');
    command('replay', good);
    command('discard', bad);
    await eventuallyUses(keyId, 3);
    expect(command('list')).toBe('');
    expect(() => command('discard', bad)).toThrow(/There is no dead letter/);
    expect(() => command('forget')).toThrow(/usage: npm run usage/);
  }, 60_000);

  it('are not asked for any more once the service closes, and what it had is recorded and acknowledged', async () => {
    const recording = await replica();
    await drained();
    const record = recording.record.bind(recording);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow = jest.spyOn(recording, 'record').mockImplementation(async (batch) => {
      await held;
      await record(batch);
    });
    const keyId = randomUUID();
    await publish(new Publisher().used([{ keyId }]));
    await eventually(() => {
      expect(slow).toHaveBeenCalledTimes(1);
    });
    const closing = Promise.all(replicas.splice(0).map((app) => app.close()));
    release();
    await closing;
    expect(await counts.uses(keyId)).toBe(1);
    const next = await replica();
    const again = jest.spyOn(next, 'record');
    await drained();
    const seen = again.mock.calls.flatMap(([batch]) => batch.events.flatMap(({ keyIds }) => keyIds));
    expect(seen).not.toContain(keyId);
  }, 30_000);
});
