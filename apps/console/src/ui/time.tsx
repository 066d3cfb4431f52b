import type { ReactNode } from 'react';
import { useNow } from './clock.js';
import { exactTime, relativeTime } from './time-text.js';

/** A moment as people say it, with the exact one beneath. */
export function Time({ at }: { at: string }): ReactNode {
  const now = useNow();
  return (
    <time dateTime={at} title={exactTime(at)}>
      {relativeTime(at, now)}
    </time>
  );
}
