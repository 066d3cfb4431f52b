import type { ReactNode } from 'react';
import classes from './tabs.module.css';

/** Links that look like tabs: each has an address of its own. The current one is told by `aria-current`. */
export function Tabs({
  label,
  small = false,
  children,
}: {
  label: string;
  small?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <nav className={small ? classes['pills'] : classes['tabs']} aria-label={label}>
      {children}
    </nav>
  );
}
