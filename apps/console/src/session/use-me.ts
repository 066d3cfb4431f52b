import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { gateway } from '../api/gateway.js';
import { session } from '../api/session-store.js';
import type { Me } from '../api/types.js';

export const ME = ['me'] as const;
const REFRESH_MS = 5 * 60_000;

/** Who is signed in, as the gateway sees it: a role that was taken away shows within minutes. */
export function useMe(): UseQueryResult<Me> {
  return useQuery({ queryKey: ME, queryFn: fetchMe, refetchInterval: REFRESH_MS });
}

async function fetchMe(): Promise<Me> {
  const me = await gateway.me();
  session.begin(me.csrfToken);
  return me;
}
