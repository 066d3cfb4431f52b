import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { recordedUses, say } from './load.mjs';

const HOUR_MS = 3_600_000;
const KEYS = 10_000;
const KEYS_PER_BATCH = 2_000;
const USES_PER_KEY = 10;
const BATCHES = 200;
const BASELINE_MS = 3_000;

/**
 * What one consumer records when as much waits as it can take: whole batches of 2,000 keys.
 *
 * @param {import('./main.mjs').Side} side
 * @param {import('./counting-baseline.mjs').CountingBaseline} baseline
 */
export async function measureConsumer(side, baseline) {
  const consumer = side.platform.services.find(({ name }) => name === 'usage-tracking');
  if (consumer === undefined) throw new Error('there is no usage-tracking');
  await consumer.stop();
  const keyIds = Array.from({ length: KEYS }, () => randomUUID());
  await fillStream(side, keyIds);
  const before = await recordedUses(side);
  const all = before + BATCHES * KEYS_PER_BATCH * USES_PER_KEY;
  await consumer.start();
  // From one commit to another: what the first one took is not known.
  const startedWith = await untilRecorded(side, before + 1);
  const startedAtMs = performance.now();
  await untilRecorded(side, all);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const rows = ((all - startedWith) / USES_PER_KEY / seconds).toFixed(0);
  say(
    'one consumer records, uses/s',
    `${((all - startedWith) / seconds).toFixed(0)} (${rows} counts of a key)`,
  );

  let counted = 0;
  const endsAtMs = performance.now() + BASELINE_MS;
  for (; performance.now() < endsAtMs; counted += 1) await baseline.count(keyIds[counted % KEYS] ?? '');
  say('  baseline: a statement for each use, uses/s', ((counted * 1_000) / BASELINE_MS).toFixed(0));
}

/** @param {import('./main.mjs').Side} side @param {number} uses at least @returns {Promise<number>} how many it is then */
async function untilRecorded(side, uses) {
  for (;;) {
    const recorded = await recordedUses(side);
    if (recorded >= uses) return recorded;
    await delay(5);
  }
}

/** As a gateway does it. @param {import('./main.mjs').Side} side @param {readonly string[]} keyIds */
async function fillStream({ platform }, keyIds) {
  const { host } = new URL(platform.natsUrl);
  const client = await connect({
    servers: host,
    user: 'gateway',
    pass: platform.credentials.natsGatewayPassword,
    inboxPrefix: '_INBOX.gateway',
  });
  const publisherId = randomUUID();
  const hour = new Date(Date.now() - (Date.now() % HOUR_MS)).toISOString();
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const first = (batch * KEYS_PER_BATCH) % KEYS;
    const chosen = keyIds.slice(first, first + KEYS_PER_BATCH);
    const now = new Date().toISOString();
    const event = {
      eventId: `${publisherId}:${batch + 1}`,
      occurredAt: now,
      completeBefore: now,
      final: batch === BATCHES - 1,
      hour,
      keyIds: chosen,
      counts: chosen.map(() => USES_PER_KEY),
      firstOffsetsMs: chosen.map(() => 0),
      lastOffsetsMs: chosen.map(() => 0),
    };
    await jetstream(client).publish('evt.api-keys.v1.used', JSON.stringify(event), { msgID: event.eventId });
  }
  await client.close();
}
