import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `condition` gives something truthy, and returns it.
 *
 * @template T
 * @param {string} what completes the sentence "gave up waiting for …"
 * @param {() => T | Promise<T>} condition
 * @param {{ timeoutMs: number, pollMs?: number }} options
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, condition, { timeoutMs, pollMs = 20 }) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`gave up waiting for ${what} after ${timeoutMs} ms`);
    await delay(pollMs);
  }
}
