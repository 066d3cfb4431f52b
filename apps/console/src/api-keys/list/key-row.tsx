import { flexRender, type Row } from '@tanstack/react-table';
import { memo, type ReactNode, useCallback, useEffect, useRef } from 'react';
import type { ApiKey } from '../../api/types.js';
import { RotationPanel } from '../rotation/rotation-panel.js';
import type { features } from './columns.js';
import classes from './key-table.module.css';

type Features = typeof features;

interface KeyRowProps {
  row: Row<Features, ApiKey>;
  index: number;
  isSelected: boolean;
  measure: (element: HTMLElement | null) => void;
  /** It was just created or found: it takes the focus and flashes. */
  isFocused: boolean;
}

const LABELS: Readonly<Record<string, string>> = {
  project: 'Project',
  keyStart: 'Key',
  state: 'State',
  created: 'Created',
  lastUsed: 'Last used',
  expires: 'Expires',
};

/** Rendered again only when something about it has changed: while somebody scrolls, that is the rows that appear. */
export const KeyRow = memo(function KeyRow(props: KeyRowProps): ReactNode {
  const { row, index, isSelected, measure, isFocused } = props;
  const element = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (isFocused) element.current?.focus({ preventScroll: true });
  }, [isFocused]);
  // One function for as long as the row lives: with a new one the row would be measured at every rendering.
  const attach = useCallback(
    (node: HTMLTableRowElement | null) => {
      element.current = node;
      measure(node);
    },
    [measure],
  );
  const { original: apiKey } = row;
  return (
    <tr
      ref={attach}
      role="row"
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      tabIndex={-1}
      className={classes['row']}
      data-flash={isFocused || undefined}
    >
      {row.getAllCells().map((cell) => (
        <td key={cell.id} role="cell" data-column={cell.column.id} data-label={LABELS[cell.column.id]}>
          {flexRender(cell.column.columnDef.cell, cell.getContext())}
          {cell.column.id === 'note' && apiKey.replacedByKeyId !== null && <RotationPanel oldKey={apiKey} />}
        </td>
      ))}
    </tr>
  );
});
