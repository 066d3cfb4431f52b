import type { UsageBatch } from '#contracts';

/** How often a key was used (or refused) in an hour, and when. Times in milliseconds since 1970. */
export interface KeyHour {
  keyId: string;
  hour: number;
  count: number;
  firstAt: number;
  lastAt: number;
}

/**
 * Adds up batches, so that the work of the database grows with the keys and not with the traffic.
 *
 * In the order of keys and hours: two transactions that touch rows in the same order cannot wait for each other.
 */
export function sumByKeyAndHour(batches: readonly UsageBatch[]): KeyHour[] {
  const hours = new Map<number, Map<string, KeyHour>>();
  for (const batch of batches) {
    const hour = Date.parse(batch.hour);
    const sums = hours.get(hour) ?? new Map<string, KeyHour>();
    hours.set(hour, sums);
    addTo(sums, hour, batch);
  }
  return [...hours.values()].flatMap((sums) => [...sums.values()]).sort(byKeyAndHour);
}

function addTo(sums: Map<string, KeyHour>, hour: number, batch: UsageBatch): void {
  for (const [index, keyId] of batch.keyIds.entries()) {
    // Validation has made sure that the columns are equally long.
    const count = batch.counts[index] ?? 0;
    const firstAt = hour + (batch.firstOffsetsMs[index] ?? 0);
    const lastAt = hour + (batch.lastOffsetsMs[index] ?? 0);
    const sum = sums.get(keyId);
    if (sum === undefined) {
      sums.set(keyId, { keyId, hour, count, firstAt, lastAt });
      continue;
    }
    sum.count += count;
    sum.firstAt = Math.min(sum.firstAt, firstAt);
    sum.lastAt = Math.max(sum.lastAt, lastAt);
  }
}

function byKeyAndHour(a: KeyHour, b: KeyHour): number {
  if (a.keyId !== b.keyId) return a.keyId < b.keyId ? -1 : 1;
  return a.hour - b.hour;
}
