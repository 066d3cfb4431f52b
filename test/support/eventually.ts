import { setTimeout as delay } from 'node:timers/promises';

interface Patience {
  /** Milliseconds until it is given up. */
  withinMs?: number;
  everyMs?: number;
}

/** Repeats until it no longer throws, and returns what it returns; gives up with what it threw last. */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  { withinMs = 10_000, everyMs = 20 }: Patience = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(everyMs);
  }
}
