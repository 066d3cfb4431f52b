import type { ReactNode } from 'react';
import { messageOf, requestIdOf } from '../../api/api-error.js';
import { Notice } from '../../ui/notice.js';
import { Time } from '../../ui/time.js';

/** What is shown is whole, but no longer fresh. */
export function StaleNotice({ error, asOf }: { error: unknown; asOf: number }): ReactNode {
  const requestId = requestIdOf(error);
  return (
    <Notice tone="warn" role="status">
      It could not be refreshed: {messageOf(error)} This is the state of{' '}
      <Time at={new Date(asOf).toISOString()} />. It is tried again by itself.
      {requestId !== null && ` Request id: ${requestId}`}
    </Notice>
  );
}
