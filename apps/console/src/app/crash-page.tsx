import type { ErrorComponentProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ProblemPanel } from '../ui/problem-panel.js';

/** A defect of the page itself. Reloading is the only thing that is known to help: a new release may be there. */
export function CrashPage({ error }: ErrorComponentProps): ReactNode {
  return (
    <ProblemPanel
      title="This page failed"
      error={error}
      onRetry={() => location.reload()}
      retryLabel="Reload"
    />
  );
}
