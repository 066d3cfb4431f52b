import type { ReactNode } from 'react';
import type { ApiKey } from '../../api/types.js';
import { Notice } from '../../ui/notice.js';
import { Time } from '../../ui/time.js';
import { count } from '../../ui/time-text.js';

/** Red, when a deletion breaks somebody's day. */
export function InUseWarning({ apiKeys }: { apiKeys: readonly ApiKey[] }): ReactNode {
  // With an expired one nobody gets in any more.
  const inUse = apiKeys.filter(({ usage, status }) => usage.verdict === 'in_use' && status !== 'expired');
  const [first] = inUse;
  if (first === undefined) return null;
  const title =
    apiKeys.length === 1
      ? 'This key is in use'
      : `${String(inUse.length)} of these keys ${inUse.length === 1 ? 'is' : 'are'} in use`;
  return (
    <Notice tone="danger" title={title}>
      {apiKeys.length === 1 ? (
        <>
          {count(first.usage.last24h, 'use')} in the last 24 hours
          {first.lastUsedAt !== null && (
            <>
              , the last one <Time at={first.lastUsedAt} />
            </>
          )}
          . Whoever uses it will be refused.
        </>
      ) : (
        'Whoever uses them will be refused.'
      )}
    </Notice>
  );
}
