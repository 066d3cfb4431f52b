import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type ReactNode, useEffect, useState } from 'react';
import { ACTIONS, type AuditSearch, auditSearch } from './audit-search.js';
import { AuditExport } from './audit-export.js';
import classes from './audit.module.css';

const TYPING_MS = 250;
const OPTIONS = [
  { value: '', label: 'Everything' },
  ...Object.entries(ACTIONS).map(([value, label]) => ({ value, label })),
];

interface AuditFiltersProps {
  projectId: string | undefined;
  search: AuditSearch;
  onSearch: (search: AuditSearch) => void;
}

export function AuditFilters({ projectId, search, onSearch }: AuditFiltersProps): ReactNode {
  const [actor, setActor] = useState(search.actor ?? '');
  useEffect(() => setActor(search.actor ?? ''), [search.actor]);
  const set = (name: keyof AuditSearch, value: string): void => {
    onSearch(auditSearch({ ...search, [name]: value }));
  };
  const findActor = useDebouncedCallback((value: string) => set('actor', value.trim()), TYPING_MS);
  return (
    <div className={classes['filters']} role="search">
      <NativeSelect
        label="What"
        data={OPTIONS}
        value={search.action ?? ''}
        onChange={(event) => set('action', event.currentTarget.value)}
      />
      <TextInput
        label="Who"
        placeholder="Exact name"
        value={actor}
        onChange={(event) => {
          setActor(event.currentTarget.value);
          findActor(event.currentTarget.value);
        }}
      />
      <TextInput
        type="date"
        label="From"
        value={search.from ?? ''}
        onChange={(event) => set('from', event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label="To"
        value={search.to ?? ''}
        onChange={(event) => set('to', event.currentTarget.value)}
      />
      <AuditExport projectId={projectId} search={search} />
    </div>
  );
}
