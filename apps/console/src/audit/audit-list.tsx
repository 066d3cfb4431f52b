import { Button } from '@mantine/core';
import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
} from '@tanstack/react-query';
import { IconHistory } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { gateway } from '../api/gateway.js';
import type { AuditEvent, AuditQuery, Page } from '../api/types.js';
import { refreshEvery } from '../app/query-client.js';
import { LoadMore } from '../ui/load-more.js';
import { Nothing } from '../ui/nothing.js';
import { ProblemPanel } from '../ui/problem-panel.js';
import { SkeletonRows } from '../ui/skeleton-rows.js';
import { StaleNotice } from '../ui/stale-notice.js';
import { AuditFilters } from './audit-filters.js';
import { auditQuery, type AuditSearch } from './audit-search.js';
import { AuditTable } from './audit-table.js';

const PAGE_ITEMS = 100;
const REFRESH_MS = 15_000;

interface AuditListProps {
  projectId?: string;
  search: AuditSearch;
  onSearch: (search: AuditSearch) => void;
}

/** Who did what, when, from where. */
export function AuditList({ projectId, search, onSearch }: AuditListProps): ReactNode {
  const events = useAuditEvents({ projectId, ...auditQuery(search) });
  const actors = new Set(events.data?.pages.flatMap(({ data }) => data.map(({ actor }) => actor)));
  return (
    <>
      <AuditFilters projectId={projectId} search={search} onSearch={onSearch} actors={[...actors]} />
      <Events events={events} withProject={projectId === undefined} onClear={() => onSearch({})} />
    </>
  );
}

type Events = UseInfiniteQueryResult<InfiniteData<Page<AuditEvent>>>;

function useAuditEvents(query: AuditQuery): Events {
  return useInfiniteQuery({
    queryKey: ['audit', 'list', query],
    queryFn: ({ pageParam, signal }) =>
      gateway.listAuditEvents({ ...query, limit: PAGE_ITEMS, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: refreshEvery(REFRESH_MS),
  });
}

interface EventsProps {
  events: Events;
  withProject: boolean;
  onClear: () => void;
}

function Events({ events, withProject, onClear }: EventsProps): ReactNode {
  if (events.isPending) return <SkeletonRows label="Loading audit events" />;
  if (events.data === undefined) {
    return (
      <ProblemPanel
        title="The events cannot be shown"
        error={events.error}
        onRetry={() => void events.refetch()}
      />
    );
  }
  const rows = events.data.pages.flatMap(({ data }) => data);
  if (rows.length === 0) {
    return (
      <Nothing
        icon={IconHistory}
        title="No events"
        action={
          <Button variant="default" onClick={onClear}>
            Clear filters
          </Button>
        }
      >
        Nothing that matches has been recorded.
      </Nothing>
    );
  }
  return (
    <>
      <StaleNotice query={events} />
      <AuditTable events={rows} columns={{ project: withProject, apiKey: true }} />
      <LoadMore shown={rows.length} one="event" query={events} />
    </>
  );
}
