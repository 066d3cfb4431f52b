import { Checkbox, Text } from '@mantine/core';
import { createColumnHelper, rowSelectionFeature, tableFeatures } from '@tanstack/react-table';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ApiKey } from '../../api/types.js';
import { Time } from '../../ui/time.js';
import { useProject } from '../../projects/use-projects.js';
import { nameOf } from '../key-state.js';
import { StateBadge } from '../state-badge.js';
import type { SortField } from './list-search.js';
import { RowMenu } from './row-menu.js';

export const features = tableFeatures({ rowSelectionFeature });
const column = createColumnHelper<typeof features, ApiKey>();

/** Columns that the gateway sorts by, under its names. */
export const SORT_FIELDS: Readonly<Record<string, SortField>> = {
  created: 'createdAt',
  lastUsed: 'lastUsedAt',
  expires: 'expiresAt',
};

const select = column.display({
  id: 'select',
  header: ({ table }) => (
    <Checkbox
      aria-label="Select all that are shown"
      size="xs"
      checked={table.getIsAllRowsSelected()}
      indeterminate={table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()}
      onChange={table.getToggleAllRowsSelectedHandler()}
    />
  ),
  cell: ({ row }) => (
    <Checkbox
      aria-label={`Select ${nameOf(row.original)}`}
      size="xs"
      checked={row.getIsSelected()}
      onChange={row.getToggleSelectedHandler()}
    />
  ),
});

const note = column.display({
  id: 'note',
  header: 'Note',
  cell: ({ row }) => <Note apiKey={row.original} />,
});

const project = column.display({
  id: 'project',
  header: 'Project',
  cell: ({ row }) => <ProjectName projectId={row.original.projectId} />,
});

const keyStart = column.display({
  id: 'keyStart',
  header: 'Key',
  cell: ({ row }) => <code>{row.original.keyStart}…</code>,
});

const state = column.display({
  id: 'state',
  header: 'State',
  cell: ({ row }) => <StateBadge apiKey={row.original} />,
});

const created = column.display({
  id: 'created',
  header: 'Created',
  cell: ({ row: { original } }) => (
    <>
      <Time at={original.createdAt} />
      <Text size="xs" c="dimmed" truncate title={original.createdBy}>
        by {original.createdBy}
      </Text>
    </>
  ),
});

const lastUsed = column.display({
  id: 'lastUsed',
  header: 'Last used',
  cell: ({ row: { original } }) =>
    original.lastUsedAt === null ? <Muted>Never used</Muted> : <Time at={original.lastUsedAt} />,
});

const expires = column.display({
  id: 'expires',
  header: 'Expires',
  cell: ({ row: { original } }) =>
    original.expiresAt === null ? <Muted>Never</Muted> : <Time at={original.expiresAt} />,
});

const menu = column.display({
  id: 'menu',
  header: 'Actions',
  cell: ({ row }) => <RowMenu apiKey={row.original} />,
});

export const projectColumns = column.columns([
  select,
  note,
  keyStart,
  state,
  created,
  lastUsed,
  expires,
  menu,
]);
export const allColumns = column.columns([
  select,
  note,
  project,
  keyStart,
  state,
  created,
  lastUsed,
  expires,
  menu,
]);

function Note({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { projectId, id: keyId, note: text } = apiKey;
  return (
    <Link to="/projects/$projectId/api-access/api-keys/$keyId" params={{ projectId, keyId }}>
      {text ?? <Muted>No note</Muted>}
    </Link>
  );
}

function ProjectName({ projectId }: { projectId: string }): ReactNode {
  const { data } = useProject(projectId);
  return (
    <Link to="/projects/$projectId" params={{ projectId }}>
      {data?.name ?? '…'}
    </Link>
  );
}

function Muted({ children }: { children: ReactNode }): ReactNode {
  return (
    <Text span inherit c="dimmed">
      {children}
    </Text>
  );
}
