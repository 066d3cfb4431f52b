import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { gateway } from '../../api/gateway.js';
import type { ApiKey } from '../../api/types.js';
import { refreshEvery } from '../../app/query-client.js';
import { AuditTable } from '../../audit/audit-table.js';
import { LoadMore } from '../../ui/load-more.js';
import { ProblemPanel } from '../../ui/problem-panel.js';
import { SkeletonRows } from '../../ui/skeleton-rows.js';
import classes from './key-page.module.css';

const PAGE_ITEMS = 50;
const REFRESH_MS = 15_000;

/** What was done with this key, by whom. */
export function KeyEvents({ apiKey }: { apiKey: ApiKey }): ReactNode {
  return (
    <section className={classes['section']}>
      <h3>Audit</h3>
      <Events apiKey={apiKey} />
    </section>
  );
}

function Events({ apiKey: { id: targetId, projectId } }: { apiKey: ApiKey }): ReactNode {
  const events = useInfiniteQuery({
    queryKey: ['audit', 'of-key', targetId],
    queryFn: ({ pageParam, signal }) =>
      gateway.listAuditEvents(
        { projectId, targetId, limit: PAGE_ITEMS, cursor: pageParam ?? undefined },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
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
  return (
    <>
      <AuditTable events={rows} columns={{ project: false, apiKey: false }} />
      <LoadMore shown={rows.length} one="event" query={events} />
    </>
  );
}
