import { NativeSelect, TextInput } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useSearchText } from '../ui/use-search-text.js';
import { ACTIONS, type AuditSearch, auditSearch } from './audit-search.js';
import { AuditExport } from './audit-export.js';
import classes from './audit.module.css';

/** As the gateway has it. */
const MAX_CHARACTERS = 200;
const OPTIONS = [
  { value: '', label: 'Everything' },
  ...Object.entries(ACTIONS).map(([value, label]) => ({ value, label })),
];

interface AuditFiltersProps {
  projectId: string | undefined;
  search: AuditSearch;
  onSearch: (search: AuditSearch) => void;
  /** Who is in what is shown: one of them is chosen more easily than typed. */
  actors: readonly string[];
}

export function AuditFilters({ projectId, search, onSearch, actors }: AuditFiltersProps): ReactNode {
  const id = useId();
  const set = (name: keyof AuditSearch, value: string): void => {
    onSearch(auditSearch({ ...search, [name]: value }));
  };
  const actor = useSearchText(search.actor ?? '', (value) => set('actor', value));
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
        list={id}
        maxLength={MAX_CHARACTERS}
        value={actor.text}
        error={actor.problem}
        onChange={(event) => actor.type(event.currentTarget.value)}
      />
      <datalist id={id}>
        {actors.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
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
