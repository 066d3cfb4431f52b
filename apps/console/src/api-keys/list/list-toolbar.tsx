import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { SearchField } from '../../ui/search-field.js';
import { FILTERS, isFilter, type ListSearch, type OnSearch } from './list-search.js';
import classes from './list.module.css';

const OPTIONS = [
  { value: '', label: 'All states' },
  ...Object.entries(FILTERS).map(([value, { label }]) => ({ value, label })),
];

export function ListToolbar({ search, onSearch }: { search: ListSearch; onSearch: OnSearch }): ReactNode {
  const choose = (filter: string): void => {
    onSearch({ ...search, filter: isFilter(filter) ? filter : undefined });
  };
  return (
    <div className={classes['toolbar']} role="search">
      <SearchField
        label="Search by note or key start"
        value={search.q ?? ''}
        onSearch={(q) => onSearch({ ...search, q: q === '' ? undefined : q }, { replace: true })}
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
