import { Code, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.js';

/** By which whoever runs the platform finds a failure in the logs; nothing when there was no answer to have one. */
export function RequestId({ id }: { id: string | null }): ReactNode {
  if (id === null) return null;
  return (
    <Group gap={6} mt={6}>
      <Text size="xs">
        Request id <Code>{id}</Code>
      </Text>
      <CopyButton value={id} label="Copy request id" />
    </Group>
  );
}
