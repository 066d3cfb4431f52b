import type { ReactNode } from 'react';
import { messageOf, requestIdOf } from '../api/api-error.js';
import { Notice } from './notice.js';
import { RequestId } from './request-id.js';
import { Time } from './time.js';

interface LiveQuery {
  isRefetchError: boolean;
  error: Error | null;
  /** In milliseconds. */
  dataUpdatedAt: number;
}

/** When what is shown is whole, but no longer fresh. */
export function StaleNotice({ query }: { query: LiveQuery }): ReactNode {
  const { isRefetchError, error, dataUpdatedAt } = query;
  if (!isRefetchError) return null;
  return (
    <Notice tone="warn" role="status">
      It could not be refreshed: {messageOf(error)} What you see was loaded{' '}
      <Time at={new Date(dataUpdatedAt).toISOString()} />; it is tried again by itself.
      <RequestId id={requestIdOf(error)} />
    </Notice>
  );
}
