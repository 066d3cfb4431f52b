import { setTimeout as delay } from 'node:timers/promises';
import { recordedUses, say, useKeys } from './load.mjs';

const AWAY_MS = 60_000;

/** For how long usage-tracking is busy after it was away for a minute at 1,000 uses/s. @param {import('./main.mjs').Side} side */
export async function measureBacklog(side) {
  const consumer = side.platform.services.find(({ name }) => name === 'usage-tracking');
  if (consumer === undefined) throw new Error('there is no usage-tracking');
  await consumer.stop();
  const before = await recordedUses(side);
  const used = await useKeys(side, AbortSignal.timeout(AWAY_MS));
  await consumer.start();
  const startedAtMs = performance.now();
  while ((await recordedUses(side)) < before + used) await delay(20);
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  say('a minute of usage-tracking away is caught up after', `${seconds} s (${used} uses)`);
}
