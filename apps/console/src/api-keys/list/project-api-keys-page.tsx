import { IconPlus } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useShortcut } from '../../app/use-shortcut.js';
import { useWhyNot } from '../../session/permissions.js';
import { GuardedButton } from '../../ui/guarded.js';
import { ApiAccessTabs } from '../api-access-tabs.js';
import { KeyActionsProvider, useKeyActions } from '../key-actions.js';
import { SentinelPassHint } from '../sentinel-pass-hint.js';
import { ApiKeyList } from './api-key-list.js';
import classes from './list.module.css';

const ROUTE = '/projects/$projectId/api-access/api-keys';

/** Admin → Projects → {project} → API Access → API Keys. */
export function ProjectApiKeysPage(): ReactNode {
  const { projectId } = useParams({ from: ROUTE });
  const search = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: ROUTE });
  return (
    <KeyActionsProvider key={projectId}>
      <div className={classes['top']}>
        <ApiAccessTabs projectId={projectId} />
        <CreateButton projectId={projectId} />
      </div>
      <ApiKeyList
        projectId={projectId}
        search={search}
        onSearch={(next, options) => void navigate({ search: next, ...options })}
      />
      <SentinelPassHint />
    </KeyActionsProvider>
  );
}

function CreateButton({ projectId }: { projectId: string }): ReactNode {
  const { start } = useKeyActions();
  const whyNot = useWhyNot(projectId);
  const create = (): void => start({ kind: 'create', projectId });
  useShortcut('c', whyNot === undefined ? create : undefined);
  return (
    <GuardedButton reason={whyNot} leftSection={<IconPlus size={16} aria-hidden />} onClick={create}>
      Create API Key
    </GuardedButton>
  );
}
