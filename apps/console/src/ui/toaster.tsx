import { CloseButton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { RequestId } from './request-id.js';
import { toast, useToasts } from './toast.js';
import classes from './toaster.module.css';

/** Always there, so that screen readers know it before something appears in it. */
export function Toaster(): ReactNode {
  const toasts = useToasts();
  return (
    <div className={classes['toaster']} role="status" aria-live="polite">
      {toasts.map(({ id, tone, title, message, requestId }) => (
        <div key={id} className={classes['toast']} data-tone={tone}>
          {tone === 'ok' ? (
            <IconCircleCheck size={20} aria-hidden />
          ) : (
            <IconAlertTriangle size={20} aria-hidden />
          )}
          <div className={classes['texts']}>
            <strong>{title}</strong>
            {message !== undefined && <div>{message}</div>}
            <RequestId id={requestId} />
          </div>
          <CloseButton size="sm" aria-label="Dismiss" onClick={() => toast.dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
