import { Text } from '@mantine/core';
import { IconPhoneOff, IconRadar2, IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { gateway } from '../api/gateway.js';
import type { DeletedApiKey } from '../api/types.js';
import { refreshEvery } from '../app/query-client.js';
import { LoadMore } from '../ui/load-more.js';
import { Nothing } from '../ui/nothing.js';
import { Pill } from '../ui/pill.js';
import { ProblemPanel } from '../ui/problem-panel.js';
import { ResponsiveTable } from '../ui/responsive-table.js';
import { SkeletonRows } from '../ui/skeleton-rows.js';
import { StaleNotice } from '../ui/stale-notice.js';
import { Time } from '../ui/time.js';
import { count } from '../ui/time-text.js';
import { ApiAccessTabs } from './api-access-tabs.js';
import { API_KEYS } from './use-api-keys.js';

const PAGE_ITEMS = 100;
const REFRESH_MS = 10_000;

/** The after-delete radar: whom did it break? */
export function RecentlyDeletedPage(): ReactNode {
  const { projectId } = useParams({ from: '/projects/$projectId/api-access/recently-deleted' });
  return (
    <>
      <ApiAccessTabs projectId={projectId} />
      <Text c="dimmed" mb="md">
        Keys that were deleted in the last 90 days, and whether somebody still calls with them.
      </Text>
      <DeletedKeys projectId={projectId} />
    </>
  );
}

function DeletedKeys({ projectId }: { projectId: string }): ReactNode {
  const deleted = useInfiniteQuery({
    queryKey: [...API_KEYS, 'deleted', projectId],
    queryFn: ({ pageParam, signal }) =>
      gateway.listDeletedApiKeys(projectId, { limit: PAGE_ITEMS, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: refreshEvery(REFRESH_MS),
  });
  if (deleted.isPending) return <SkeletonRows label="Loading deleted keys" />;
  if (deleted.data === undefined) {
    return (
      <ProblemPanel
        title="They cannot be shown"
        error={deleted.error}
        onRetry={() => void deleted.refetch()}
      />
    );
  }
  const rows = deleted.data.pages.flatMap(({ data }) => data);
  if (rows.length === 0) {
    return (
      <Nothing icon={IconTrash} title="Nothing was deleted in the last 90 days">
        When a deleted key is still being called, you see it here: how often, and since when.
      </Nothing>
    );
  }
  return (
    <>
      <StaleNotice query={deleted} />
      <ResponsiveTable
        label="Recently deleted API keys"
        columns={['Note', 'Key', 'Deleted', 'Still called?', 'First refused call', 'Last refused call']}
        rows={rows.map((row) => ({ id: row.id, cells: cellsOf(row) }))}
      />
      <LoadMore shown={rows.length} one="deleted key" query={deleted} />
    </>
  );
}

function cellsOf({
  note,
  keyStart,
  deletedAt,
  deletedBy,
  rejectedUses,
  firstRejectedAt,
  lastRejectedAt,
}: DeletedApiKey): ReactNode[] {
  return [
    note ?? (
      <Text c="dimmed" span>
        No note
      </Text>
    ),
    <code key="start">{keyStart}…</code>,
    <>
      <Time at={deletedAt} />{' '}
      <Text c="dimmed" size="xs">
        by {deletedBy ?? 'somebody unknown'}
      </Text>
    </>,
    rejectedUses === 0 ? (
      <Pill icon={IconPhoneOff} tone="muted">
        No calls
      </Pill>
    ) : (
      <Pill icon={IconRadar2} tone="danger">
        {count(rejectedUses, 'refused call')}
      </Pill>
    ),
    firstRejectedAt === null ? '–' : <Time key="first" at={firstRejectedAt} />,
    lastRejectedAt === null ? 'Never called since' : <Time key="last" at={lastRejectedAt} />,
  ];
}
