import { randomUUID } from 'node:crypto';
import { fillStream } from './fill-stream.mjs';
import { recordedUses, say, untilRecorded, useKeys } from './load.mjs';

const AWAY_MS = 60_000;
const GATEWAYS = 50;
const BATCHES_PER_SECOND = 10;
const KEYS_PER_BATCH = 20;
const KEYS = 1_000;

/** For how long usage-tracking is busy after it was away for a minute at 1,000 uses/s. @param {import('./main.mjs').Side} side */
export async function measureBacklog(side) {
  const consumer = side.platform.services.find(({ name }) => name === 'usage-tracking');
  if (consumer === undefined) throw new Error('there is no usage-tracking');
  await consumer.stop();
  const before = await recordedUses(side);
  const used = await useKeys(side, AbortSignal.timeout(AWAY_MS));
  await consumer.start();
  const startedAtMs = performance.now();
  await untilRecorded(side, before + used);
  say('a minute of usage-tracking away is caught up after', `${secondsSince(startedAtMs)} s (${used} uses)`);
}

/** The same with as many gateways as one consumer can hardly keep up with, which send nothing more. @param {import('./main.mjs').Side} side */
export async function measureBacklogOfManyGateways(side) {
  const batches = (AWAY_MS / 1_000) * BATCHES_PER_SECOND;
  const { consumer, all } = await fillStream(side, {
    publishers: GATEWAYS,
    batches,
    keysPerBatch: KEYS_PER_BATCH,
    usesPerKey: 1,
    keyIds: Array.from({ length: KEYS }, () => randomUUID()),
  });
  await consumer.start();
  const startedAtMs = performance.now();
  await untilRecorded(side, all);
  const sent = `${GATEWAYS} gateways, ${GATEWAYS * batches} batches`;
  say('  the same of many gateways', `${secondsSince(startedAtMs)} s (${sent})`);
}

/** @param {number} startedAtMs */
function secondsSince(startedAtMs) {
  return ((performance.now() - startedAtMs) / 1_000).toFixed(1);
}
