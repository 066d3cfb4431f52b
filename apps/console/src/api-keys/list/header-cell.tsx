import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { SORT_FIELDS } from './columns.js';
import { DEFAULT_SORT, nextSort, type Sort } from './list-search.js';
import classes from './key-table.module.css';

interface HeaderCellProps {
  id: string;
  sort: Sort | undefined;
  onSort: (sort: Sort) => void;
  children: ReactNode;
}

export function HeaderCell({ id, sort = DEFAULT_SORT, onSort, children }: HeaderCellProps): ReactNode {
  const field = SORT_FIELDS[id];
  if (field === undefined) {
    return (
      <th role="columnheader" scope="col" data-column={id}>
        {id === 'menu' ? <span className={classes['hidden']}>{children}</span> : children}
      </th>
    );
  }
  const direction = sort === field ? 'ascending' : sort === `-${field}` ? 'descending' : undefined;
  const Arrow =
    direction === undefined ? IconSelector : direction === 'ascending' ? IconArrowUp : IconArrowDown;
  return (
    <th role="columnheader" scope="col" data-column={id} {...(direction ? { 'aria-sort': direction } : {})}>
      <button type="button" className={classes['sort']} onClick={() => onSort(nextSort(field, sort))}>
        {children}
        <Arrow size={14} aria-hidden />
      </button>
    </th>
  );
}
