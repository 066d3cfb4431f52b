import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ApiKey } from '../../api/types.js';
import { useWhyNot } from '../../session/permissions.js';
import { GuardedButton } from '../../ui/guarded.js';
import { useKeyActions } from '../key-actions.js';
import { StateBadge } from '../state-badge.js';
import classes from './key-page.module.css';

const HAS_REPLACEMENT = 'It has a replacement already.';

export function KeyHeader({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { start } = useKeyActions();
  const whyNot = useWhyNot(apiKey.projectId);
  const whyNotReplace = whyNot ?? (apiKey.replacedByKeyId === null ? undefined : HAS_REPLACEMENT);
  return (
    <div className={classes['header']}>
      <div className={classes['name']}>
        <h2>
          {apiKey.note ?? (
            <Text span inherit c="dimmed">
              No note
            </Text>
          )}
        </h2>
        <Group gap="sm">
          <code>{apiKey.keyStart}…</code>
          <StateBadge apiKey={apiKey} />
        </Group>
      </div>
      <Group gap="xs">
        <GuardedButton
          variant="default"
          reason={whyNot}
          onClick={() => start({ kind: 'change-note', apiKey })}
        >
          Change note
        </GuardedButton>
        <GuardedButton
          variant="default"
          reason={whyNotReplace}
          onClick={() => start({ kind: 'replace', apiKey })}
        >
          Create replacement
        </GuardedButton>
        <GuardedButton
          color="red"
          reason={whyNot}
          onClick={() => start({ kind: 'delete', apiKeys: [apiKey] })}
        >
          Delete
        </GuardedButton>
      </Group>
    </div>
  );
}
