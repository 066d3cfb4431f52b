import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { gateway } from '../api/gateway.js';
import type { AuditEvent, AuditQuery, Page } from '../api/types.js';
import { download } from '../ui/download.js';
import { toast } from '../ui/toast.js';
import { count } from '../ui/time-text.js';
import { useSubmission } from '../ui/use-submission.js';
import { auditQuery, type AuditSearch } from './audit-search.js';
import { toCsv } from './to-csv.js';

const PAGE_ITEMS = 200;
/** More than that is a task for the API: a page has to hold it all in memory. */
const MAX_EVENTS = 20_000;

/** Saves what the filters let through, all pages of it. */
export function AuditExport({
  projectId,
  search,
}: {
  projectId: string | undefined;
  search: AuditSearch;
}): ReactNode {
  const { isBusy, submit } = useSubmission(async () => {
    try {
      const events = await everything({ projectId, ...auditQuery(search) });
      download('audit-events.csv', toCsv(events), 'text/csv');
      const isCut = events.length >= MAX_EVENTS;
      toast.done(
        `Exported ${count(events.length, 'event')}`,
        isCut ? 'There are more: narrow the range.' : undefined,
      );
    } catch (error) {
      toast.problem('Nothing was exported', error);
    }
  });
  return (
    <Button
      variant="default"
      loading={isBusy}
      leftSection={<IconDownload size={16} aria-hidden />}
      onClick={() => submit()}
    >
      Export CSV
    </Button>
  );
}

async function everything(query: AuditQuery): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<AuditEvent> = await gateway.listAuditEvents({
      ...query,
      limit: PAGE_ITEMS,
      cursor: cursor ?? undefined,
    });
    events.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null && events.length < MAX_EVENTS);
  return events;
}
