class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * The promise's outcome, if it comes within `budgetMs`.
 *
 * @throws TimeoutError otherwise; what the promise does later is ignored.
 */
export function within<T>(budgetMs: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const expire = (): void => {
      reject(new TimeoutError(`no reply within ${String(budgetMs)} ms`));
    };
    // A process that was busy or paused finds its timers due before it has read its sockets. One more turn
    // of the event loop lets a reply that is here already win, so that our own slowness is not taken for
    // that of the server.
    const timer = setTimeout(() => setImmediate(expire), budgetMs);
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
