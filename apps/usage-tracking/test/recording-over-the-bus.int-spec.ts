import { apiKeysUsed } from '#contracts';
import { jetstream } from '@nats-io/jetstream';
import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { eventually } from '../../../test/support/eventually.js';
import { startTcpProxy, type TcpProxy } from '../../../tools/stack/tcp-proxy.mjs';
import type { RecordingService } from '../src/recording/recording.service.js';
import { RecordingBus } from './recording-bus.js';
import { Publisher } from './usage-tracking.js';

let bus: RecordingBus;
/** Between the replicas and PostgreSQL. */
let proxy: TcpProxy;

beforeAll(async () => {
  bus = await RecordingBus.start();
  proxy = await startTcpProxy(bus.database.usageTrackingUrl);
}, 60_000);

afterEach(async () => {
  proxy.heal();
  await bus.stopReplicas();
});

afterAll(async () => {
  await bus.stop();
  await proxy.close();
});

const replica = (): Promise<RecordingService> =>
  bus.replica({ databaseUrl: proxy.url(bus.database.usageTrackingUrl) });

type Batch = Parameters<RecordingService['record']>[0];

/** Does something around the recording of each batch with events; one without tells how far all replicas have come. */
function around(
  recording: RecordingService,
  work: (record: () => Promise<void>, batch: Batch) => Promise<void>,
): void {
  const record = recording.record.bind(recording);
  jest
    .spyOn(recording, 'record')
    .mockImplementation((batch) =>
      batch.events.length === 0 ? record(batch) : work(() => record(batch), batch),
    );
}

function lock(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('uses that gateways publish', () => {
  it('are recorded within two seconds', async () => {
    await replica();
    await bus.drained();
    const keyId = randomUUID();
    const startedAt = performance.now();
    await bus.publish(new Publisher().used([{ keyId }]));
    await bus.eventuallyUses(keyId, 1);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('are recorded when they were published before anybody consumed them', async () => {
    await replica();
    await bus.drained();
    await bus.stopReplicas();
    const keyId = randomUUID();
    await bus.publish(new Publisher().used([{ keyId }]));
    await replica();
    await bus.eventuallyUses(keyId, 1);
  });

  it('are counted once when the process dies between commit and acknowledgement', async () => {
    const recording = await replica();
    await bus.drained();
    const keyId = randomUUID();
    let times = 0;
    around(recording, async (record) => {
      await record();
      if (++times === 1) throw new Error('died');
    });
    await bus.publish(new Publisher().used([{ keyId }]));
    // The second time is the repetition.
    await eventually(() => {
      expect(times).toBeGreaterThan(1);
    });
    await bus.drained();
    expect(await bus.counts.uses(keyId)).toBe(1);
  });

  it('are counted once when the same batch is stored twice, which the server prevents for two minutes only', async () => {
    await replica();
    const keyId = randomUUID();
    const batch = new Publisher().used([{ keyId }]);
    for (let copies = 0; copies < 2; copies++) {
      const content = JSON.stringify(batch);
      await jetstream(bus.gateway.client).publish(apiKeysUsed.subject, content, { msgID: randomUUID() });
      await bus.eventuallyUses(keyId, 1);
    }
    await bus.drained();
    expect(await bus.counts.uses(keyId)).toBe(1);
  });

  it('are counted once by two replicas that take turns in dying between commit and acknowledgement', async () => {
    for (const recording of [await replica(), await replica()]) {
      let times = 0;
      around(recording, async (record) => {
        await record();
        if (++times % 2 === 1) throw new Error('died');
      });
    }
    const keyIds = Array.from({ length: 10 }, () => randomUUID());
    const publishers = Array.from({ length: 3 }, () => new Publisher());
    for (let round = 0; round < 40; round++) {
      const uses = keyIds.map((keyId) => ({ keyId }));
      await Promise.all(publishers.map((publisher) => bus.publish(publisher.used(uses))));
    }
    for (const keyId of keyIds) await bus.eventuallyUses(keyId, 120);
    await bus.drained();
    for (const keyId of keyIds) expect(await bus.counts.uses(keyId)).toBe(120);
  }, 60_000);

  it('wait for PostgreSQL while it is away, and are then all there', async () => {
    const record = jest.spyOn(await replica(), 'record');
    await bus.drained();
    proxy.cut();
    const keyId = randomUUID();
    const publisher = new Publisher();
    for (let round = 0; round < 20; round++) await bus.publish(publisher.used([{ keyId }]));
    await eventually(async () => {
      const outcomes = await Promise.allSettled(record.mock.results.map(({ value }) => value));
      expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(1);
    });
    proxy.heal();
    await bus.eventuallyUses(keyId, 20);
  }, 60_000);

  it('are all there after NATS was killed and started again', async () => {
    await replica();
    await bus.drained();
    const keyId = randomUUID();
    const publisher = new Publisher();
    let published = 0;
    const restarted = new AbortController();
    const publishing = (async () => {
      for (; !restarted.signal.aborted; published++) await bus.publish(publisher.used([{ keyId }]));
    })();
    await eventually(() => {
      expect(published).toBeGreaterThan(10);
    });
    await bus.nats.kill('SIGKILL');
    await bus.nats.start();
    restarted.abort();
    await publishing;
    await bus.eventuallyUses(keyId, published);
  }, 60_000);

  it('are not held up by a thousand messages that nobody can read, all of which are kept', async () => {
    await replica();
    await bus.drained();
    await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        jetstream(bus.gateway.client).publish(apiKeysUsed.subject, `poison ${String(index)}`),
      ),
    );
    const keyId = randomUUID();
    const startedAt = performance.now();
    await bus.publish(new Publisher().used([{ keyId }]));
    await bus.eventuallyUses(keyId, 1);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    const [letters] = await bus.counts.rows<{ different: string }>(
      `SELECT count(DISTINCT payload) AS different FROM usage_tracking.dead_letters WHERE reason = 'not JSON'`,
    );
    expect(letters?.different).toBe('1000');
  }, 60_000);

  it('are listed, replayed and discarded by a command when they could not be read', async () => {
    const recording = await replica();
    await bus.drained();
    await bus.counts.rows('TRUNCATE usage_tracking.dead_letters');
    const [keyId, publisher] = [randomUUID(), new Publisher()];
    const env = {
      ...process.env,
      ...bus.gatewayLogin,
      DATABASE_URL: bus.database.usageTrackingUrl,
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
    await bus.eventuallyUses(keyId, 3);
    expect(command('list')).toBe('');
    expect(() => command('discard', bad)).toThrow(/There is no dead letter/);
    expect(() => command('forget')).toThrow(/usage: npm run usage/);
  }, 60_000);

  it('are not asked for any more once the service closes, and what it had is recorded and acknowledged', async () => {
    const recording = await replica();
    await bus.drained();
    const { opened, open } = lock();
    let times = 0;
    around(recording, async (record) => {
      times += 1;
      await opened;
      await record();
    });
    const keyId = randomUUID();
    await bus.publish(new Publisher().used([{ keyId }]));
    await eventually(() => {
      expect(times).toBe(1);
    });
    const closing = bus.stopReplicas();
    open();
    await closing;
    expect(await bus.counts.uses(keyId)).toBe(1);
    const next = await replica();
    const again = jest.spyOn(next, 'record');
    await bus.drained();
    const seen = again.mock.calls.flatMap(([batch]) => batch.events.flatMap(({ keyIds }) => keyIds));
    expect(seen).not.toContain(keyId);
  }, 30_000);
});

it('are not said to be complete while a replica holds the first batch of a gateway, whatever another one records', async () => {
  const replicas = [await replica(), await replica()];
  await bus.drained();
  await bus.counts.rows('TRUNCATE usage_tracking.publishers');
  const hello = new Publisher().used();
  const { opened, open } = lock();
  let isHeld = false;
  for (const recording of replicas) {
    around(recording, async (record, { events }) => {
      if (events.some(({ eventId }) => eventId === hello.eventId)) {
        isHeld = true;
        await opened;
      }
      await record();
    });
  }
  try {
    await bus.publish(hello);
    // From here on the gateway serves: what it counts now is in none of its batches yet.
    const servedFrom = Date.now();
    await eventually(() => {
      expect(isHeld).toBe(true);
    });
    await eventually(
      async () => {
        // Each from a gateway of its own, which is not waited for.
        await bus.publish(new Publisher().used([], { final: true }));
        const flushes = await bus.counts.rows('SELECT DISTINCT last_seen_at FROM usage_tracking.publishers');
        expect(flushes.length).toBeGreaterThan(2);
      },
      { withinMs: 30_000 },
    );
    expect((await bus.counts.asOf())?.getTime() ?? 0).toBeLessThanOrEqual(servedFrom);
  } finally {
    open();
  }
  await eventually(async () => {
    expect(await bus.counts.asOf()).toEqual(new Date(hello.completeBefore));
  });
}, 60_000);
