import { randomUUID } from 'node:crypto';
import { fillStream } from './fill-stream.mjs';
import { say, untilRecorded } from './load.mjs';

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
  const keyIds = Array.from({ length: KEYS }, () => randomUUID());
  const { consumer, before, all } = await fillStream(side, {
    publishers: 1,
    batches: BATCHES,
    keysPerBatch: KEYS_PER_BATCH,
    usesPerKey: USES_PER_KEY,
    keyIds,
  });
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
