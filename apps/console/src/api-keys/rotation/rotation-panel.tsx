import { Button, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ApiKey } from '../../api/types.js';
import { useWhyNot } from '../../session/permissions.js';
import { useNow } from '../../ui/clock.js';
import { GuardedButton } from '../../ui/guarded.js';
import { Time } from '../../ui/time.js';
import { useKeyActions } from '../key-actions.js';
import { rotationOf } from './rotation.js';
import { useReplacement } from './use-replacement.js';
import classes from './rotation.module.css';

/** Both keys' live traffic while one takes over from the other; the deletion of the old one when its time has come. */
export function RotationPanel({ oldKey }: { oldKey: ApiKey }): ReactNode {
  const newKey = useReplacement(oldKey);
  if (newKey === undefined) return null;
  return (
    <div className={classes['panel']}>
      <Traffic title="Old key" apiKey={oldKey} />
      <Traffic title="Replaced by" apiKey={newKey} />
      <DeleteOld oldKey={oldKey} newKey={newKey} />
    </div>
  );
}

function Traffic({ title, apiKey }: { title: string; apiKey: ApiKey }): ReactNode {
  const { projectId, id: keyId, keyStart, lastUsedAt, usage } = apiKey;
  return (
    <div className={classes['traffic']}>
      <span>
        {title}{' '}
        <Link
          to="/projects/$projectId/api-access/api-keys/$keyId"
          params={{ projectId, keyId }}
          className="mono"
        >
          {keyStart}…
        </Link>
      </span>
      <span className={classes['figures']}>
        {lastUsedAt === null ? (
          'never used'
        ) : (
          <>
            last used <Time at={lastUsedAt} />
          </>
        )}
        {' · '}
        {usage.last24h.toLocaleString('en')} in 24 h
      </span>
    </div>
  );
}

function DeleteOld({ oldKey, newKey }: { oldKey: ApiKey; newKey: ApiKey }): ReactNode {
  const { start } = useKeyActions();
  const whyNot = useWhyNot(oldKey.projectId);
  const rotation = rotationOf(oldKey, newKey, useNow());
  const remove = (): void => start({ kind: 'delete', apiKeys: [oldKey] });
  if (whyNot !== undefined) {
    return (
      <GuardedButton size="xs" variant="default" reason={whyNot} onClick={remove}>
        Delete old key
      </GuardedButton>
    );
  }
  if (rotation.isReady) {
    return (
      <Button size="xs" color="teal.9" onClick={remove}>
        Delete old key
      </Button>
    );
  }
  return (
    <div className={classes['waiting']}>
      <Text size="xs" c="dimmed">
        {rotation.waitsFor}
      </Text>
      <Button size="xs" variant="default" onClick={remove}>
        Delete old key
      </Button>
    </div>
  );
}
