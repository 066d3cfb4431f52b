import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './pill.module.css';

interface PillProps {
  icon: Icon;
  tone: 'ok' | 'warn' | 'danger' | 'muted';
  children: ReactNode;
}

/** A state in words and with an icon: colour alone tells some readers nothing. */
export function Pill({ icon: Icon, tone, children }: PillProps): ReactNode {
  return (
    <span className={classes['pill']} data-tone={tone}>
      <Icon size={14} stroke={2} aria-hidden />
      {children}
    </span>
  );
}
