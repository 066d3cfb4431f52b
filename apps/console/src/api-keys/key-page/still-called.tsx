import type { ReactNode } from 'react';
import type { ApiKey } from '../../api/types.js';
import { Notice } from '../../ui/notice.js';
import { Time } from '../../ui/time.js';
import { count } from '../../ui/time-text.js';
import { useApiKeyUsage } from '../use-api-keys.js';

/** Who still calls with an expired key has not noticed yet, or has no time to. */
export function StillCalled({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { data: usage } = useApiKeyUsage(apiKey);
  if (usage === undefined || usage.firstRejectedAt === null || usage.lastRejectedAt === null) return null;
  return (
    <Notice tone="danger" title="It is still being called">
      {count(usage.rejectedUses, 'call')} {usage.rejectedUses === 1 ? 'was' : 'were'} refused since it
      expired: the first <Time at={usage.firstRejectedAt} />, the last <Time at={usage.lastRejectedAt} />.
    </Notice>
  );
}
