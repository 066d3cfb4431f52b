import type { Cell, Row } from '@tanstack/react-table';
import { type ReactNode, useEffect, useRef } from 'react';
import type { ApiKey } from '../../api/types.js';
import { RotationPanel } from '../rotation/rotation-panel.js';
import type { features } from './columns.js';
import classes from './key-table.module.css';

type Features = typeof features;

interface KeyRowProps {
  row: Row<Features, ApiKey>;
  index: number;
  measure: (element: HTMLElement | null) => void;
  /** It was just created or found: it takes the focus and flashes. */
  isFocused: boolean;
  render: (cell: Cell<Features, ApiKey>) => ReactNode;
}

const LABELS: Readonly<Record<string, string>> = {
  project: 'Project',
  keyStart: 'Key',
  state: 'State',
  created: 'Created',
  lastUsed: 'Last used',
  expires: 'Expires',
};

export function KeyRow({ row, index, measure, isFocused, render }: KeyRowProps): ReactNode {
  const element = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (isFocused) element.current?.focus({ preventScroll: true });
  }, [isFocused]);
  const { original: apiKey } = row;
  return (
    <tr
      ref={(node) => {
        element.current = node;
        measure(node);
      }}
      role="row"
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={row.getIsSelected()}
      tabIndex={-1}
      className={classes['row']}
      data-flash={isFocused || undefined}
    >
      {row.getAllCells().map((cell) => (
        <td key={cell.id} role="cell" data-column={cell.column.id} data-label={LABELS[cell.column.id]}>
          {render(cell)}
          {cell.column.id === 'note' && apiKey.replacedByKeyId !== null && <RotationPanel oldKey={apiKey} />}
        </td>
      ))}
    </tr>
  );
}
