import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './nothing.module.css';

interface NothingProps {
  icon: Icon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** It is all that the page has to say. */
  isPage?: boolean;
}

/** Where there is nothing to show: why, and what to do about it. */
export function Nothing({ icon: Icon, title, children, action, isPage = false }: NothingProps): ReactNode {
  return (
    <div className={classes['nothing']}>
      <Icon size={32} stroke={1.4} aria-hidden />
      {isPage ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}
