import { jest } from '@jest/globals';
import { inBatches } from './jetstream.in-batches.js';

/** A source whose items the test puts in when it likes. */
class Queue<T> {
  private readonly items: T[] = [];
  private wake: () => void = () => undefined;
  private ended = false;

  put(...items: T[]): void {
    this.items.push(...items);
    this.wake();
  }

  end(): void {
    this.ended = true;
    this.wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      const item = this.items.shift();
      if (item !== undefined) yield item;
      else if (this.ended) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  get waiting(): number {
    return this.items.length;
  }
}

describe('inBatches', () => {
  const limits = { maxItems: 3, maxBytes: 1_000, bytesOf: () => 1, intervalMs: 500 };

  it('gives what lies ready together, and never more than the limit of items', async () => {
    const queue = new Queue<number>();
    queue.put(1, 2, 3, 4, 5);
    queue.end();
    const batches = [];
    for await (const batch of inBatches(queue, { ...limits, intervalMs: 1 })) batches.push(batch);
    expect(batches).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('gives no more together than the limit of bytes, and one item however large it is', async () => {
    const queue = new Queue<number>();
    queue.put(400, 400, 400, 400, 5_000, 1);
    queue.end();
    const batches = [];
    const byBytes = { ...limits, maxItems: 100, bytesOf: (item: number) => item, intervalMs: 1 };
    for await (const batch of inBatches(queue, byBytes)) batches.push(batch);
    expect(batches).toEqual([[400, 400, 400], [400, 5_000], [1]]);
  });

  it('gives an item that arrives after a pause at once', async () => {
    const queue = new Queue<number>();
    const batches = inBatches(queue, limits);
    const startedAt = performance.now();
    queue.put(1);
    expect((await batches.next()).value).toEqual([1]);
    expect(performance.now() - startedAt).toBeLessThan(limits.intervalMs / 2);
  });

  it('gathers until the interval is over, even when a batch is full before', async () => {
    const queue = new Queue<number>();
    const batches = inBatches(queue, limits);
    queue.put(1);
    await batches.next();
    const startedAt = performance.now();
    queue.put(2, 3);
    const second = batches.next();
    queue.put(4, 5);
    expect((await second).value).toEqual([2, 3, 4]);
    expect(performance.now() - startedAt).toBeGreaterThan(limits.intervalMs - 20);
  });

  it('gives everything that has arrived while the last batch was handled for longer than the interval', async () => {
    const queue = new Queue<number>();
    const batches = inBatches(queue, { ...limits, maxItems: 100, intervalMs: 1 });
    queue.put(0);
    await batches.next();
    queue.put(...Array.from({ length: 50 }, (_, index) => index + 1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await batches.next()).value).toHaveLength(50);
  });

  it('leaves in the source what it has no room for', async () => {
    const queue = new Queue<number>();
    queue.put(1, 2, 3, 4, 5, 6);
    await inBatches(queue, limits).next();
    expect(queue.waiting).toBe(2);
  });

  it('fails with its source, after what came before, even when that happens while a batch is handled', async () => {
    async function* failing(): AsyncGenerator<number, void, void> {
      yield 1;
      await Promise.resolve();
      throw new Error('gone');
    }
    const unhandled = jest.fn();
    process.once('unhandledRejection', unhandled);
    const batches = inBatches(failing(), limits);
    expect((await batches.next()).value).toEqual([1]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(batches.next()).rejects.toThrow('gone');
    expect(unhandled).not.toHaveBeenCalled();
    process.off('unhandledRejection', unhandled);
  });
});
