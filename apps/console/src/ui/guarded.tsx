import { Button, type ButtonProps } from '@mantine/core';
import type { MouseEventHandler, ReactNode } from 'react';
import classes from './guarded.module.css';

interface GuardedButtonProps extends ButtonProps {
  /** Why it cannot be pressed; undefined when it can. */
  reason: string | undefined;
  onClick: MouseEventHandler;
}

/** A button that says why it cannot be pressed, and stays reachable for the keyboard so that it can be asked. */
export function GuardedButton({ reason, onClick, ...props }: GuardedButtonProps): ReactNode {
  if (reason === undefined) return <Button {...props} onClick={onClick} />;
  return (
    <span className={classes['guarded']} data-reason={reason}>
      <Button {...props} data-disabled aria-disabled aria-description={reason} onClick={prevent} />
    </span>
  );
}

const prevent: MouseEventHandler = (event) => event.preventDefault();
