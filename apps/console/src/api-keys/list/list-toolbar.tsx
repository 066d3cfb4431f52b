import { NativeSelect } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type ReactNode, useEffect, useState } from 'react';
import { SearchField } from '../../ui/search-field.js';
import { FILTERS, isFilter, type ListSearch, type OnSearch } from './list-search.js';
import classes from './list.module.css';

const SEARCH_DELAY_MS = 150;
const OPTIONS = [
  { value: '', label: 'All states' },
  ...Object.entries(FILTERS).map(([value, { label }]) => ({ value, label })),
];

export function ListToolbar({ search, onSearch }: { search: ListSearch; onSearch: OnSearch }): ReactNode {
  const [text, setText] = useState(search.q ?? '');
  // Back and Forward change the URL without the field.
  useEffect(() => setText(search.q ?? ''), [search.q]);
  const find = useDebouncedCallback((q: string) => {
    onSearch({ ...search, q: q.trim() === '' ? undefined : q.trim() }, { replace: true });
  }, SEARCH_DELAY_MS);
  const choose = (filter: string): void => {
    onSearch({ ...search, filter: isFilter(filter) ? filter : undefined });
  };
  return (
    <div className={classes['toolbar']} role="search">
      <SearchField
        label="Search by note or key start"
        value={text}
        onChange={(value) => {
          setText(value);
          find(value);
        }}
      />
      <NativeSelect
        aria-label="State"
        data={OPTIONS}
        value={search.filter ?? ''}
        onChange={(event) => choose(event.currentTarget.value)}
      />
    </div>
  );
}
