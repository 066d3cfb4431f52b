import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AuditEvent } from '../api/types.js';
import { useProject } from '../projects/use-projects.js';
import { ResponsiveTable } from '../ui/responsive-table.js';
import { Time } from '../ui/time.js';
import { actionText } from './audit-search.js';

interface AuditTableProps {
  events: readonly AuditEvent[];
  /** Those that are not always of interest. */
  columns: { project: boolean; apiKey: boolean };
}

export function AuditTable({ events, columns }: AuditTableProps): ReactNode {
  return (
    <ResponsiveTable
      label="Audit events"
      columns={[
        'When',
        'Who',
        'What',
        ...(columns.project ? ['Project'] : []),
        ...(columns.apiKey ? ['API key'] : []),
        'From',
      ]}
      rows={events.map((event) => ({
        id: event.id,
        cells: [
          <Time key="when" at={event.occurredAt} />,
          event.actor,
          <What key="what" event={event} />,
          ...(columns.project ? [<ProjectLink key="project" projectId={event.projectId} />] : []),
          ...(columns.apiKey ? [<Target key="target" event={event} />] : []),
          <code key="from">{event.sourceAddress ?? '–'}</code>,
        ],
      }))}
    />
  );
}

function What({ event: { action, count, detail } }: { event: AuditEvent }): ReactNode {
  return (
    <>
      {actionText(action)}
      {count > 1 && ` ${count.toLocaleString('en')} times`}
      {detail !== null && (
        <Text size="xs" c="dimmed">
          {detail}
        </Text>
      )}
    </>
  );
}

function ProjectLink({ projectId }: { projectId: string | null }): ReactNode {
  const { data } = useProject(projectId);
  if (projectId === null) return '–';
  // A deleted project has no name any more.
  if (data === undefined) return <code>{projectId}</code>;
  return (
    <Link to="/projects/$projectId" params={{ projectId }}>
      {data.name}
    </Link>
  );
}

function Target({ event: { action, projectId, targetId } }: { event: AuditEvent }): ReactNode {
  if (targetId === null || projectId === null || !action.startsWith('api-key.')) return '–';
  return (
    <Link to="/projects/$projectId/api-access/api-keys/$keyId" params={{ projectId, keyId: targetId }}>
      <code>{targetId.slice(-12)}</code>
    </Link>
  );
}
