import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { MouseEventHandler, ReactNode } from 'react';

interface GuardedButtonProps extends ButtonProps {
  /** Why it cannot be pressed; undefined when it can. */
  reason: string | undefined;
  onClick: MouseEventHandler;
}

/** A button that says why it cannot be pressed, and stays reachable for the keyboard so that it can be asked. */
export function GuardedButton({ reason, onClick, ...props }: GuardedButtonProps): ReactNode {
  if (reason === undefined) return <Button {...props} onClick={onClick} />;
  return (
    <Tooltip label={reason} events={{ hover: true, focus: true, touch: true }} multiline maw={280}>
      <Button {...props} data-disabled aria-disabled aria-description={reason} onClick={prevent} />
    </Tooltip>
  );
}

const prevent: MouseEventHandler = (event) => event.preventDefault();
