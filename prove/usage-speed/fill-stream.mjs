import { randomUUID } from 'node:crypto';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { recordedUses } from './load.mjs';

const HOUR_MS = 3_600_000;

/**
 * @typedef {object} Filling
 * @property {number} publishers   gateways, that say goodbye in the end
 * @property {number} batches      of each of them
 * @property {number} keysPerBatch
 * @property {number} usesPerKey   in a batch
 * @property {readonly string[]} keyIds
 */

/**
 * Stops usage-tracking, and lets gateways send what it is to record when it is started.
 *
 * @param {import('./main.mjs').Side} side
 * @param {Filling} filling
 */
export async function fillStream(side, filling) {
  const { platform } = side;
  const consumer = platform.services.find(({ name }) => name === 'usage-tracking');
  if (consumer === undefined) throw new Error('there is no usage-tracking');
  await consumer.stop();
  const before = await recordedUses(side);
  const { publishers, batches, keysPerBatch, usesPerKey } = filling;
  const { host } = new URL(platform.natsUrl);
  const client = await connect({
    servers: host,
    user: 'gateway',
    pass: platform.credentials.natsGatewayPassword,
    inboxPrefix: '_INBOX.gateway',
  });
  await Promise.all(Array.from({ length: publishers }, () => publish(client, filling)));
  await client.close();
  return { consumer, before, all: before + publishers * batches * keysPerBatch * usesPerKey };
}

/** As a gateway does it. @param {Awaited<ReturnType<typeof connect>>} client @param {Filling} filling */
async function publish(client, { batches, keysPerBatch, usesPerKey, keyIds }) {
  const publisherId = randomUUID();
  const hour = new Date(Date.now() - (Date.now() % HOUR_MS)).toISOString();
  for (let batch = 0; batch < batches; batch += 1) {
    const first = (batch * keysPerBatch) % keyIds.length;
    const chosen = keyIds.slice(first, first + keysPerBatch);
    const now = new Date().toISOString();
    const event = {
      eventId: `${publisherId}:${batch + 1}`,
      occurredAt: now,
      completeBefore: now,
      final: batch === batches - 1,
      hour,
      keyIds: chosen,
      counts: chosen.map(() => usesPerKey),
      firstOffsetsMs: chosen.map(() => 0),
      lastOffsetsMs: chosen.map(() => 0),
    };
    await jetstream(client).publish('evt.api-keys.v1.used', JSON.stringify(event), { msgID: event.eventId });
  }
}
