import { Button, Code, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { messageOf, requestIdOf } from '../api/api-error.js';
import { CopyButton } from './copy-button.js';
import { Notice } from './notice.js';

interface ProblemPanelProps {
  title: string;
  error: unknown;
  onRetry?: (() => void) | undefined;
  retryLabel?: string;
}

/** A failure in words, with the id by which whoever runs the platform finds it in the logs. */
export function ProblemPanel({ title, error, onRetry, retryLabel = 'Retry' }: ProblemPanelProps): ReactNode {
  const requestId = requestIdOf(error);
  return (
    <Notice role="alert" tone="danger" title={title}>
      <Text size="sm">{messageOf(error)}</Text>
      {requestId !== null && (
        <Group gap={6} mt={6}>
          <Text size="xs">
            Request id <Code>{requestId}</Code>
          </Text>
          <CopyButton value={requestId} label="Copy request id" />
        </Group>
      )}
      {onRetry && (
        <Button size="xs" variant="default" mt="sm" onClick={onRetry}>
          {retryLabel}
        </Button>
      )}
    </Notice>
  );
}
