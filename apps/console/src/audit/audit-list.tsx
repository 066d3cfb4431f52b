import { Button } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { IconHistory } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { gateway } from '../api/gateway.js';
import { refreshEvery } from '../app/query-client.js';
import { LoadMore } from '../ui/load-more.js';
import { Nothing } from '../ui/nothing.js';
import { ProblemPanel } from '../ui/problem-panel.js';
import { SkeletonRows } from '../ui/skeleton-rows.js';
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
  return (
    <>
      <AuditFilters projectId={projectId} search={search} onSearch={onSearch} />
      <Events projectId={projectId} search={search} onSearch={onSearch} />
    </>
  );
}

interface EventsProps {
  projectId: string | undefined;
  search: AuditSearch;
  onSearch: (search: AuditSearch) => void;
}

function Events({ projectId, search, onSearch }: EventsProps): ReactNode {
  const query = { projectId, ...auditQuery(search) };
  const events = useInfiniteQuery({
    queryKey: ['audit', 'list', query],
    queryFn: ({ pageParam, signal }) =>
      gateway.listAuditEvents({ ...query, limit: PAGE_ITEMS, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: refreshEvery(REFRESH_MS),
  });
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
          <Button variant="default" onClick={() => onSearch({})}>
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
      <AuditTable events={rows} withProject={projectId === undefined} />
      <LoadMore shown={rows.length} one="event" query={events} />
    </>
  );
}
