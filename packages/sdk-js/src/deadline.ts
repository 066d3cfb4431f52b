import { AbortedError } from './errors.js';

/** Ends a call: when its time is over, or when its caller wants. Both reach `fetch` and everything that waits. */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #endsAtMs: number;
  readonly #stop: () => void;
  readonly #ended: Promise<never>;

  /** @throws AbortedError when the caller has ended it already */
  constructor(timeoutMs: number, callerSignal: AbortSignal | undefined, timeIsUp: () => Error) {
    if (callerSignal?.aborted) throw aborted(callerSignal);
    const controller = new AbortController();
    this.signal = controller.signal;
    this.#endsAtMs = performance.now() + timeoutMs;
    const timer = setTimeout(() => controller.abort(timeIsUp()), timeoutMs);
    const onAbort = (): void => {
      if (callerSignal) controller.abort(aborted(callerSignal));
    };
    callerSignal?.addEventListener('abort', onAbort);
    this.#stop = () => {
      clearTimeout(timer);
      callerSignal?.removeEventListener('abort', onAbort);
    };
    this.#ended = new Promise((_, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error));
    });
    // Whoever waits is told; that nobody waits is no failure.
    this.#ended.catch(() => undefined);
  }

  get remainingMs(): number {
    return this.#endsAtMs - performance.now();
  }

  /** Also for a `fetch` that does not listen to its signal. */
  race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#ended]);
  }

  async wait(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await this.race(new Promise((resolve) => (timer = setTimeout(resolve, ms))));
    } finally {
      clearTimeout(timer);
    }
  }

  stop(): void {
    this.#stop();
  }
}

function aborted({ reason }: AbortSignal): AbortedError {
  return new AbortedError('The call was ended by its own signal.', { cause: reason });
}
