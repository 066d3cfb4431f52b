import { Button, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { messageOf, requestIdOf } from '../api/api-error.js';
import { Notice } from './notice.js';
import { RequestId } from './request-id.js';

interface ProblemPanelProps {
  title: string;
  error: unknown;
  onRetry?: (() => void) | undefined;
  retryLabel?: string;
}

/** A failure in words, with the id by which whoever runs the platform finds it in the logs. */
export function ProblemPanel({ title, error, onRetry, retryLabel = 'Retry' }: ProblemPanelProps): ReactNode {
  return (
    <Notice role="alert" tone="danger" title={title}>
      <Text size="sm">{messageOf(error)}</Text>
      <RequestId id={requestIdOf(error)} />
      {onRetry && (
        <Button size="xs" variant="default" mt="sm" onClick={onRetry}>
          {retryLabel}
        </Button>
      )}
    </Notice>
  );
}
