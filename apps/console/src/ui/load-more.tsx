import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemPanel } from './problem-panel.js';
import { count } from './time-text.js';

interface LoadMoreProps {
  shown: number;
  one: string;
  query: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    isFetchNextPageError: boolean;
    error: Error | null;
    fetchNextPage: () => unknown;
  };
}

/** How many are shown, and the rest on request. */
export function LoadMore({ shown, one, query }: LoadMoreProps): ReactNode {
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, error, fetchNextPage } = query;
  if (isFetchNextPageError) {
    return (
      <ProblemPanel title="No more could be loaded" error={error} onRetry={() => void fetchNextPage()} />
    );
  }
  return (
    <Group justify="center" gap="md" py="md">
      <Text size="sm" c="dimmed" role="status">
        {hasNextPage ? `The first ${count(shown, one)}` : count(shown, one)}
      </Text>
      {hasNextPage && (
        <Button variant="default" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Load more
        </Button>
      )}
    </Group>
  );
}
