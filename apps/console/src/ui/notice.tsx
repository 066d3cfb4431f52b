import { type Icon, IconAlertTriangle, IconBulb, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './notice.module.css';

type NoticeTone = 'info' | 'warn' | 'danger';
const ICONS: Record<NoticeTone, Icon> = { info: IconInfoCircle, warn: IconBulb, danger: IconAlertTriangle };

interface NoticeProps {
  tone: NoticeTone;
  /** `alert` is read out at once, `status` when there is time, `note` never by itself. */
  role?: 'alert' | 'status' | 'note';
  title?: string;
  children?: ReactNode;
}

export function Notice({ tone, role = 'note', title, children }: NoticeProps): ReactNode {
  const Icon = ICONS[tone];
  return (
    <div className={classes['notice']} data-tone={tone} role={role}>
      <Icon size={18} stroke={1.8} aria-hidden />
      <div className={classes['texts']}>
        {title !== undefined && <strong>{title}</strong>}
        <div>{children}</div>
      </div>
    </div>
  );
}
