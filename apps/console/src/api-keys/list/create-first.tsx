import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWhyNot } from '../../session/permissions.js';
import { useKeyActions } from '../key-actions.js';

/** In an empty list, where one would look for it. */
export function CreateFirst({ projectId }: { projectId: string }): ReactNode {
  const { start } = useKeyActions();
  if (useWhyNot(projectId) !== undefined) return null;
  return <Button onClick={() => start({ kind: 'create', projectId })}>Create API Key</Button>;
}
