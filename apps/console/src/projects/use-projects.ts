import {
  keepPreviousData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  type InfiniteData,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query';
import { gateway } from '../api/gateway.js';
import { refreshEvery } from '../app/query-client.js';
import type { Page, Project } from '../api/types.js';

const PAGE_ITEMS = 50;
const REFRESH_MS = 10_000;
/** Names are on every row of some lists, and hardly ever change. */
const NAME_STALE_MS = 30_000;
export const PROJECTS = ['projects'] as const;

export function useProjects(q: string): UseInfiniteQueryResult<InfiniteData<Page<Project>>> {
  return useInfiniteQuery({
    queryKey: [...PROJECTS, 'list', q],
    queryFn: ({ pageParam, signal }) =>
      gateway.listProjects({ q, limit: PAGE_ITEMS, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: refreshEvery(REFRESH_MS),
  });
}

/** @param options.isLive asked for again and again: for the project that the page is about, not for one that it only names */
export function useProject(projectId: string | null, { isLive = false } = {}): UseQueryResult<Project> {
  return useQuery({
    queryKey: [...PROJECTS, 'one', projectId],
    queryFn: ({ signal }) => gateway.getProject(projectId ?? '', signal),
    enabled: projectId !== null,
    staleTime: NAME_STALE_MS,
    refetchInterval: isLive && refreshEvery(REFRESH_MS),
  });
}
