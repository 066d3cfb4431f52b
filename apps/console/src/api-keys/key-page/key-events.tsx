import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { gateway } from '../../api/gateway.js';
import type { ApiKey } from '../../api/types.js';
import { AuditTable } from '../../audit/audit-table.js';
import { ProblemPanel } from '../../ui/problem-panel.js';
import classes from './key-page.module.css';

const EVENTS = 200;

/** What was done with this key, among the latest events of its project since it was created. */
export function KeyEvents({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { id, projectId, createdAt } = apiKey;
  const events = useQuery({
    queryKey: ['audit', 'of-key', id],
    queryFn: ({ signal }) => gateway.listAuditEvents({ projectId, from: createdAt, limit: EVENTS }, signal),
  });
  const own = events.data?.data.filter(({ targetId }) => targetId === id) ?? [];
  return (
    <section className={classes['section']}>
      <h3>Audit</h3>
      {events.isError && <ProblemPanel title="The events cannot be shown" error={events.error} />}
      {own.length > 0 && <AuditTable events={own} withProject={false} />}
    </section>
  );
}
