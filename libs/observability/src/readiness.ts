import { setTimeout } from 'node:timers/promises';

/** Throws or rejects, with the reason, while the dependency cannot be used. */
export type ReadinessCheck = () => Promise<void> | void;

/** What is missing, by name, and why. */
export type Missing = Record<string, string>;

/** A check that takes longer counts as failed: a probe that hangs tells nobody anything. */
const CHECK_LIMIT_MS = 1_000;

/**
 * Whether this process should be given work. Not before it has started, not after it has begun to stop, and
 * only while everything it needs answers.
 */
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private phase: 'starting' | 'started' | 'stopping' = 'starting';

  /** @param name is published; the reason of a failure too, so neither may hold a secret. */
  add(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** Everything is in place; from now on the checks decide. */
  started(): void {
    if (this.phase === 'starting') this.phase = 'started';
  }

  /** For good: no check can make the process ready again. */
  stopping(): void {
    this.phase = 'stopping';
  }

  /** Empty when ready. */
  async missing(): Promise<Missing> {
    if (this.phase === 'stopping') return { service: 'is shutting down' };
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await reasonAgainst(check)] as const),
    );
    const missing: Missing = {};
    for (const [name, reason] of results) {
      if (reason !== undefined) missing[name] = reason;
    }
    if (this.phase === 'starting') missing['service'] = 'is starting';
    return missing;
  }
}

async function reasonAgainst(check: ReadinessCheck): Promise<string | undefined> {
  const limit = new AbortController();
  const tooLate = setTimeout(CHECK_LIMIT_MS, `no answer within ${String(CHECK_LIMIT_MS)} ms`, limit);
  try {
    return await Promise.race([Promise.resolve(check()).then(() => undefined), tooLate]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    tooLate.catch(() => undefined);
    limit.abort();
  }
}
