import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './nothing.module.css';

interface NothingProps {
  icon: Icon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** Where there is nothing to show: why, and what to do about it. */
export function Nothing({ icon: Icon, title, children, action }: NothingProps): ReactNode {
  return (
    <div className={classes['nothing']}>
      <Icon size={32} stroke={1.4} aria-hidden />
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}
