import { useEffect, useState } from 'react';

/** @returns whether something has been going on for longer than people wait without a word. */
export function useSlow(isBusy: boolean, afterMs: number): boolean {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    if (!isBusy) return;
    const timer = setTimeout(() => setIsSlow(true), afterMs);
    return () => {
      clearTimeout(timer);
      setIsSlow(false);
    };
  }, [isBusy, afterMs]);
  return isSlow;
}
