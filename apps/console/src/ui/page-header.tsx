import { type ReactNode, useEffect } from 'react';
import classes from './page-header.module.css';

interface PageHeaderProps {
  title: string;
  above?: ReactNode;
  below?: ReactNode;
  actions?: ReactNode;
}

/** The heading of a page, which is also the title of the window. */
export function PageHeader({ title, above, below, actions }: PageHeaderProps): ReactNode {
  useEffect(() => {
    document.title = `${title} · Traylinx`;
  }, [title]);
  return (
    <div className={classes['header']}>
      <div className={classes['texts']}>
        {above}
        <h1 className={classes['title']}>{title}</h1>
        {below}
      </div>
      {actions !== undefined && <div className={classes['actions']}>{actions}</div>}
    </div>
  );
}
