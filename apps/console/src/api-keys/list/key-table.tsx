import { useTable } from '@tanstack/react-table';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type { ApiKey } from '../../api/types.js';
import { allColumns, features, projectColumns } from './columns.js';
import { HeaderCell } from './header-cell.js';
import { KeyRow } from './key-row.js';
import type { Sort } from './list-search.js';
import { SelectionBar } from './selection-bar.js';
import { useFocusedRow } from './use-focused-row.js';
import classes from './key-table.module.css';

interface KeyTableProps {
  apiKeys: ApiKey[];
  withProject: boolean;
  sort: Sort | undefined;
  onSort: (sort: Sort) => void;
}

const ROW_PX = 58;
const OVERSCAN_ROWS = 12;
const getRowId = ({ id }: ApiKey): string => id;

/** Renders what is on the screen of however many rows there are; the gateway sorts and filters. */
export function KeyTable({ apiKeys, withProject, sort, onSort }: KeyTableProps): ReactNode {
  const table = useTable({
    features,
    columns: withProject ? allColumns : projectColumns,
    data: apiKeys,
    getRowId,
  });
  const { rows } = table.getRowModel();
  const body = useRef<HTMLTableSectionElement>(null);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN_ROWS,
    scrollMargin: useTop(body),
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const focusedId = useFocusedRow(apiKeys, (index) => virtual.scrollToIndex(index, { align: 'center' }));
  const items = virtual.getVirtualItems();
  const above = (items[0]?.start ?? 0) - virtual.options.scrollMargin;
  const below = virtual.getTotalSize() + virtual.options.scrollMargin - (items.at(-1)?.end ?? 0);
  return (
    <>
      <SelectionBar
        apiKeys={table.getSelectedRowModel().rows.map(({ original }) => original)}
        onClear={() => table.resetRowSelection(true)}
      />
      <table className={classes['table']} role="table" aria-label="API keys" aria-rowcount={rows.length + 1}>
        <thead role="rowgroup">
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} role="row" aria-rowindex={1}>
              {group.headers.map((header) => (
                <HeaderCell key={header.id} id={header.column.id} sort={sort} onSort={onSort}>
                  <table.FlexRender header={header} />
                </HeaderCell>
              ))}
            </tr>
          ))}
        </thead>
        <tbody role="rowgroup" ref={body}>
          <Spacer px={above} />
          {items.map(({ index, key }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <KeyRow
                key={key}
                row={row}
                index={index}
                isSelected={row.getIsSelected()}
                measure={virtual.measureElement}
                isFocused={row.id === focusedId}
              />
            );
          })}
          <Spacer px={below} />
        </tbody>
      </table>
    </>
  );
}

function Spacer({ px }: { px: number }): ReactNode {
  if (px <= 0) return null;
  return (
    <tr aria-hidden className={classes['spacer']}>
      <td style={{ height: px }} />
    </tr>
  );
}

/** Where the element begins on the page, in pixels. */
function useTop(element: { current: HTMLElement | null }): number {
  const [top, setTop] = useState(0);
  // After every render: what is above it comes and goes.
  useLayoutEffect(() => {
    const now = element.current ? element.current.getBoundingClientRect().top + window.scrollY : 0;
    setTop((before) => (Math.abs(before - now) > 1 ? now : before));
  });
  return top;
}
