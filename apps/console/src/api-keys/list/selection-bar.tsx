import { Button, Group, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ApiKey } from '../../api/types.js';
import { useWhyNotAll } from '../../session/permissions.js';
import { GuardedButton } from '../../ui/guarded.js';
import { count } from '../../ui/time-text.js';
import { useKeyActions } from '../key-actions.js';
import classes from './key-table.module.css';

export function SelectionBar({ apiKeys, onClear }: { apiKeys: ApiKey[]; onClear: () => void }): ReactNode {
  const { start } = useKeyActions();
  const whyNot = useWhyNotAll(apiKeys.map(({ projectId }) => projectId));
  if (apiKeys.length === 0) return null;
  return (
    <Group className={classes['selection'] ?? ''} role="region" aria-label="Selected API keys">
      <Text size="sm" fw={600} role="status">
        {count(apiKeys.length, 'API key')} selected
      </Text>
      <GuardedButton
        size="xs"
        color="red"
        reason={whyNot}
        leftSection={<IconTrash size={14} aria-hidden />}
        onClick={() => start({ kind: 'delete', apiKeys })}
      >
        Delete
      </GuardedButton>
      <Button size="xs" variant="default" onClick={onClear}>
        Clear selection
      </Button>
    </Group>
  );
}
