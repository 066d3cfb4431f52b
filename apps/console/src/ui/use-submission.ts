import { useCallback, useRef, useState } from 'react';

interface Submission<A extends unknown[]> {
  isBusy: boolean;
  /** What the last attempt failed with; null while there was none. */
  error: unknown;
  submit: (...args: A) => void;
  reset: () => void;
}

/**
 * One change at a time: what is pressed while it runs does nothing. Unlike a mutation of TanStack Query it keeps the answer
 * nowhere; the answer to a creation has a key in it.
 */
export function useSubmission<A extends unknown[]>(action: (...args: A) => Promise<void>): Submission<A> {
  const isRunning = useRef(false);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = (...args: A): void => {
    if (isRunning.current) return;
    isRunning.current = true;
    setIsBusy(true);
    setError(null);
    action(...args)
      .catch((failure: unknown) => setError(failure))
      .finally(() => {
        isRunning.current = false;
        setIsBusy(false);
      });
  };
  const reset = useCallback(() => setError(null), []);
  return { isBusy, error, submit, reset };
}
