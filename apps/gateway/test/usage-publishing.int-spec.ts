import { ApiKeysRefused, apiKeysRefused, ApiKeysUsed, apiKeysUsed, parseUsageBatchId } from '#contracts';
import { type EventBatch, EventPublisher, JetStreamServer, NatsConnection } from '#messaging';
import { Readiness } from '#observability';
import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { register } from 'prom-client';
import { eventually } from '../../../test/support/eventually.js';
import { startTcpProxy, type TcpProxy } from '../../../tools/stack/tcp-proxy.mjs';
import { loadCredentials, startNats, temporaryDirectory } from '../../../tools/stack/servers.mjs';
import { GatewayConfig } from '../src/gateway.config.js';
import { UsagePublisher } from '../src/usage/usage-publisher.js';
import { UsageRecorder } from '../src/usage/usage-recorder.js';

type Batch = ApiKeysUsed | ApiKeysRefused;

let directory: string;
let nats: Awaited<ReturnType<typeof startNats>>;
/** Between the gateway and NATS; the consumer has its own way. */
let proxy: TcpProxy;
let gateway: NatsConnection;
let consumerConnection: NatsConnection;
let consumer: JetStreamServer;
/** What has arrived, repetitions too. */
let arrived: Batch[] = [];
let publishers: UsagePublisher[] = [];
/** Of earlier tests: their last words may arrive in a later one. */
const formerPublishers = new Set<string>();

beforeAll(async () => {
  Logger.overrideLogger(false);
  directory = temporaryDirectory('gateway-usage');
  nats = await startNats({ dir: directory });
  const url = `nats://127.0.0.1:${String(nats.port)}`;
  proxy = await startTcpProxy(url);
  const { natsGatewayPassword, natsUsageTrackingPassword } = loadCredentials(directory);
  gateway = await connect('gateway', proxy.url(url), natsGatewayPassword);
  consumerConnection = await connect('usage-tracking', url, natsUsageTrackingPassword);
  const options = { service: 'usage-tracking', replicas: 1, maxBytes: 64 * 1024 * 1024, batchEvents: 256 };
  consumer = new JetStreamServer(consumerConnection, options, new Readiness());
  const collect = (batch: EventBatch<Batch>): Promise<undefined> => {
    expect(batch.malformed).toEqual([]);
    arrived.push(...batch.events);
    return Promise.resolve(undefined);
  };
  consumer.addHandler('evt.api-keys.v1.*', collect as never, true, {
    contracts: [apiKeysUsed, apiKeysRefused],
  });
  consumer.listen(() => undefined);
}, 60_000);

afterEach(async () => {
  proxy.heal();
  await Promise.all(publishers.map((publisher) => stop(publisher)));
  for (const { eventId } of arrived) formerPublishers.add(parseUsageBatchId(eventId).publisherId);
  arrived = [];
});

afterAll(async () => {
  await consumer.close();
  await Promise.all([gateway.close(), consumerConnection.close()]);
  await proxy.close();
  await nats.stop();
  rmSync(directory, { recursive: true, force: true });
});

function connect(user: string, url: string, password: string): Promise<NatsConnection> {
  const config = { NATS_URL: url, NATS_USER: user, NATS_PASSWORD: password };
  return NatsConnection.open(user, config, new Readiness());
}

/** The part of a gateway that counts. */
function start(graceMs = 20_000): {
  recorder: UsageRecorder;
  publisher: UsagePublisher;
  opened: Promise<void>;
} {
  const config = Object.assign(new GatewayConfig(), { SHUTDOWN_GRACE_MS: graceMs });
  const recorder = new UsageRecorder();
  const publisher = new UsagePublisher(recorder, new EventPublisher(gateway), config);
  publishers.push(publisher);
  return { recorder, publisher, opened: publisher.onApplicationBootstrap() };
}

async function stop(publisher: UsagePublisher): Promise<void> {
  publishers = publishers.filter((one) => one !== publisher);
  publisher.beforeApplicationShutdown();
  await publisher.onApplicationShutdown();
}

/** The batches of the one publisher of a test, each once, by their number. */
function batches(): Batch[] {
  const byNumber = new Map<number, Batch>();
  for (const batch of arrived) {
    const { publisherId, batchNumber } = parseUsageBatchId(batch.eventId);
    if (!formerPublishers.has(publisherId)) byNumber.set(batchNumber, batch);
  }
  const numbers = [...byNumber.keys()].sort((a, b) => a - b);
  // A gap would keep the consumer waiting for ever.
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
  return numbers.map((number) => byNumber.get(number) as Batch);
}

function uses(keyId: string): number {
  return batches()
    .filter((batch) => batch instanceof ApiKeysUsed)
    .flatMap(({ keyIds, counts }) => counts.filter((_, index) => keyIds[index] === keyId))
    .reduce((sum, count) => sum + count, 0);
}

async function eventuallyUses(keyId: string, expected: number): Promise<void> {
  await eventually(() => {
    expect(uses(keyId)).toBe(expected);
  });
}

/** JetStream has what was counted before, by the gateway's own word. Milliseconds since 1970. */
async function completeBefore(): Promise<number> {
  const metric = await register.getSingleMetric('usage_complete_timestamp_seconds')?.get();
  return (metric?.values[0]?.value ?? 0) * 1_000;
}

describe('a gateway', () => {
  it('lets nobody in before JetStream has its hello', async () => {
    const before = Date.now();
    await start().opened;
    expect(await completeBefore()).toBeGreaterThanOrEqual(before);
  });

  it('serves all the same when JetStream has not answered for two seconds, and says hello later', async () => {
    proxy.holdQuestions();
    const before = Date.now();
    const { opened, recorder } = start();
    await opened;
    expect(await completeBefore()).toBeLessThan(before);
    const keyId = randomUUID();
    recorder.recordUse(keyId);
    proxy.heal();
    await eventuallyUses(keyId, 1);
    expect(batches()[0]?.keyIds).toEqual([]);
  });

  it('publishes what it has counted, uses and refusals apart', async () => {
    const { recorder } = start();
    const [used, deleted, expired] = [randomUUID(), randomUUID(), randomUUID()];
    for (let count = 0; count < 1_000; count++) recorder.recordUse(used);
    for (let count = 0; count < 10; count++) recorder.recordRefusal(deleted, 'deleted');
    recorder.recordRefusal(expired, 'expired');
    await eventuallyUses(used, 1_000);
    await eventually(() => {
      const refused = batches().filter((batch) => batch instanceof ApiKeysRefused);
      expect(refused.map(({ reason, keyIds, counts }) => ({ reason, keyIds, counts }))).toEqual([
        { reason: 'deleted', keyIds: [deleted], counts: [10] },
        { reason: 'expired', keyIds: [expired], counts: [1] },
      ]);
    });
  });

  it('says when each key was used for the first and the last time', async () => {
    const { recorder } = start();
    const keyId = randomUUID();
    const before = Date.now();
    recorder.recordUse(keyId);
    const after = Date.now();
    await eventuallyUses(keyId, 1);
    const batch = batches().find(({ keyIds }) => keyIds.includes(keyId)) as Batch;
    for (const [offset = Number.NaN] of [batch.firstOffsetsMs, batch.lastOffsetsMs]) {
      const at = Date.parse(batch.hour) + offset;
      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(after);
    }
  });

  it('splits many keys over messages, and only the last of them says that it is complete', async () => {
    const { recorder } = start();
    await eventually(() => {
      expect(batches()).not.toHaveLength(0);
    });
    const keyIds = Array.from({ length: 4_500 }, () => randomUUID());
    const before = Date.now();
    for (const keyId of keyIds) recorder.recordUse(keyId);
    const parts = await eventually(() => {
      const found = batches().filter((batch) => batch.keyIds.length > 0);
      expect(found.map((batch) => batch.keyIds.length)).toEqual([2_000, 2_000, 500]);
      return found;
    });
    expect(new Set(parts.flatMap((part) => part.keyIds))).toEqual(new Set(keyIds));
    const complete = parts.map((part) => Date.parse(part.completeBefore) >= before);
    expect(complete).toEqual([false, false, true]);
  });

  it('reports each second when nothing happens', async () => {
    start();
    const reports = await eventually(() => {
      expect(batches().length).toBeGreaterThanOrEqual(4);
      return batches();
    });
    const times = reports.map(({ completeBefore }) => Date.parse(completeBefore));
    for (const [index, time] of times.slice(1).entries()) {
      const sinceLastMs = time - (times[index] ?? 0);
      expect(sinceLastMs).toBeGreaterThan(900);
      expect(sinceLastMs).toBeLessThan(2_000);
    }
  }, 15_000);

  it('never claims to be complete before uses that come in a later batch', async () => {
    const { recorder } = start();
    const keyId = randomUUID();
    for (let count = 0; count < 200; count++) {
      recorder.recordUse(keyId);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await eventuallyUses(keyId, 200);
    let completeBefore = 0;
    for (const batch of batches()) {
      for (const offset of batch.firstOffsetsMs) {
        expect(Date.parse(batch.hour) + offset).toBeGreaterThanOrEqual(completeBefore);
      }
      completeBefore = Date.parse(batch.completeBefore);
    }
  });

  it('loses nothing and counts nothing twice while the connection to JetStream breaks again and again', async () => {
    const { recorder } = start();
    const keyId = randomUUID();
    let recorded = 0;
    const recording = setInterval(() => {
      for (let count = 0; count < 10; count++, recorded++) recorder.recordUse(keyId);
    }, 1);
    for (let cuts = 0; cuts < 10; cuts++) {
      proxy.cut();
      await new Promise((resolve) => setTimeout(resolve, 150));
      proxy.heal();
      // Long enough to publish, not long enough for every acknowledgement.
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    clearInterval(recording);
    await eventuallyUses(keyId, recorded);
  }, 30_000);

  it('goes on counting while NATS is away, and publishes everything when it is back', async () => {
    const { recorder } = start();
    const keyId = randomUUID();
    recorder.recordUse(keyId);
    await eventuallyUses(keyId, 1);
    await nats.kill('SIGKILL');
    for (let count = 0; count < 5_000; count++) {
      recorder.recordUse(keyId);
      if (count % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await nats.start();
    await eventuallyUses(keyId, 5_001);
  }, 30_000);

  it('publishes what is left when it stops, and says goodbye last', async () => {
    const { recorder, publisher } = start();
    const keyId = randomUUID();
    await eventually(() => {
      expect(batches()).not.toHaveLength(0);
    });
    recorder.recordUse(keyId);
    await stop(publisher);
    await eventuallyUses(keyId, 1);
    expect(batches().map(({ final }) => final)).toEqual([
      ...batches()
        .slice(1)
        .map(() => false),
      true,
    ]);
  });

  it('stops within its grace when JetStream is away, and says how many uses are lost', async () => {
    const log = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const { recorder, publisher } = start(4_000);
    await eventually(() => {
      expect(batches()).not.toHaveLength(0);
    });
    proxy.cut();
    for (let count = 0; count < 7; count++) recorder.recordUse(randomUUID());
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (let count = 0; count < 5; count++) recorder.recordUse(randomUUID());
    const startedAt = performance.now();
    await stop(publisher);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect(log).toHaveBeenCalledWith(expect.stringContaining('lost'), { uses: 12 });
  }, 30_000);
});
