import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query';
import { gateway } from '../api/gateway.js';
import { refreshEvery } from '../app/query-client.js';
import type { ApiKey, ApiKeyQuery, ApiKeyUsage, KeyAddress, Page } from '../api/types.js';

/** Prefix of whatever changes when an API key does. */
export const API_KEYS = ['api-keys'] as const;

const PAGE_ITEMS = 100;
const REFRESH_MS = 5_000;

/** Live: every page that is shown is asked for again, the more of them there are the more slowly. */
export function useApiKeys(
  projectId: string | undefined,
  query: ApiKeyQuery,
): UseInfiniteQueryResult<InfiniteData<Page<ApiKey>>> {
  return useInfiniteQuery({
    queryKey: [...API_KEYS, 'list', projectId ?? 'all', query],
    queryFn: ({ pageParam, signal }) =>
      gateway.listApiKeys(projectId, { ...query, limit: PAGE_ITEMS, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => state.data !== undefined && REFRESH_MS * state.data.pages.length,
  });
}

/** How many there are of a kind; `isMore` when there are more than were counted. */
export function useCountOfApiKeys(
  projectId: string | undefined,
  query: ApiKeyQuery,
): { count: number; isMore: boolean } {
  const { data } = useQuery({
    queryKey: [...API_KEYS, 'count', projectId ?? 'all', query],
    queryFn: ({ signal }) => gateway.listApiKeys(projectId, { ...query, limit: PAGE_ITEMS }, signal),
    staleTime: REFRESH_MS * 6,
    refetchInterval: REFRESH_MS * 12,
  });
  return { count: data?.data.length ?? 0, isMore: (data?.nextCursor ?? null) !== null };
}

export function useApiKey(key: KeyAddress | undefined, initial?: ApiKey): UseQueryResult<ApiKey> {
  return useQuery({
    queryKey: [...API_KEYS, 'one', key?.id],
    queryFn: ({ signal }) => gateway.getApiKey(key ?? { projectId: '', id: '' }, signal),
    enabled: key !== undefined,
    refetchInterval: refreshEvery(REFRESH_MS),
    ...(initial === undefined ? {} : { placeholderData: initial }),
  });
}

export function useApiKeyUsage(key: KeyAddress): UseQueryResult<ApiKeyUsage> {
  return useQuery({
    queryKey: [...API_KEYS, 'usage', key.id],
    queryFn: ({ signal }) => gateway.usage(key, signal),
    refetchInterval: refreshEvery(REFRESH_MS * 2),
  });
}
