import { setTimeout } from 'node:timers/promises';

export interface BatchLimits<T> {
  maxItems: number;
  /** A batch that has reached this is full: it bounds the memory and the time that handling it takes. */
  maxBytes: number;
  bytesOf: (item: T) => number;
  /** At least so long from the start of one batch's handling to the next one's, in milliseconds. */
  intervalMs: number;
}

const DUE = Symbol('due');

/**
 * Groups what a source yields: an item that arrives after a pause comes at once, under load everything that has
 * arrived meanwhile comes together. Nothing is taken from the source while a batch is being handled, except one
 * item that waits for the next batch. Fails when the source fails, after what came before.
 */
export async function* inBatches<T>(
  source: AsyncIterable<T, void, void>,
  { maxItems, maxBytes, bytesOf, intervalMs }: BatchLimits<T>,
): AsyncGenerator<T[], void, void> {
  const items = source[Symbol.asyncIterator]();
  let next = takeFrom(items);
  let notBefore = 0;
  for (;;) {
    const first = await next;
    if (first.done) return;
    const batch = [first.value];
    let bytes = bytesOf(first.value);
    next = takeFrom(items);
    // A timer even when it is due: what lies ready in the source resolves before any timer does.
    const due = setTimeout<typeof DUE>(Math.max(0, notBefore - performance.now()), DUE);
    while (batch.length < maxItems && bytes < maxBytes) {
      const item = await Promise.race([next, due]).catch((): typeof DUE => DUE);
      if (item === DUE || item.done) break;
      batch.push(item.value);
      bytes += bytesOf(item.value);
      next = takeFrom(items);
    }
    await due;
    notBefore = performance.now() + intervalMs;
    yield batch;
  }
}

/** The next item. Its failure is found when it is awaited, which may be long after it has happened. */
function takeFrom<T>(items: AsyncIterator<T, void, void>): Promise<IteratorResult<T, void>> {
  const next = items.next();
  next.catch(() => undefined);
  return next;
}
