import { Anchor } from '@mantine/core';
import { IconArrowLeft, IconTrash } from '@tabler/icons-react';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { hasCode } from '../../api/api-error.js';
import type { ApiKey } from '../../api/types.js';
import { Nothing } from '../../ui/nothing.js';
import { ProblemPanel } from '../../ui/problem-panel.js';
import { SkeletonRows } from '../../ui/skeleton-rows.js';
import { StaleNotice } from '../../ui/stale-notice.js';
import { VerdictCard } from '../delete/verdict-card.js';
import { KeyActionsProvider } from '../key-actions.js';
import { RotationPanel } from '../rotation/rotation-panel.js';
import { useApiKey } from '../use-api-keys.js';
import { KeyEvents } from './key-events.js';
import { KeyFacts } from './key-facts.js';
import { KeyHeader } from './key-header.js';
import { StillCalled } from './still-called.js';
import { UsagePlots } from './usage-plots.js';
import classes from './key-page.module.css';

export function ApiKeyPage(): ReactNode {
  const { projectId, keyId } = useParams({ from: '/projects/$projectId/api-access/api-keys/$keyId' });
  const navigate = useNavigate();
  const toList = { to: '/projects/$projectId/api-access/api-keys', params: { projectId } } as const;
  return (
    <KeyActionsProvider onDeleted={() => navigate(toList)}>
      <Anchor size="sm" renderRoot={(props) => <Link {...toList} {...props} />}>
        <IconArrowLeft size={14} aria-hidden className={classes['back'] ?? ''} /> API Keys
      </Anchor>
      <Content projectId={projectId} keyId={keyId} />
    </KeyActionsProvider>
  );
}

function Content({ projectId, keyId }: { projectId: string; keyId: string }): ReactNode {
  const apiKey = useApiKey({ projectId, id: keyId });
  // It may have been there a moment ago.
  if (hasCode(apiKey.error, 'api_key_not_found')) return <Gone projectId={projectId} />;
  if (apiKey.isPending) return <SkeletonRows label="Loading the API key" />;
  if (apiKey.data === undefined) {
    return (
      <ProblemPanel
        title="The API key cannot be shown"
        error={apiKey.error}
        onRetry={() => void apiKey.refetch()}
      />
    );
  }
  return (
    <div className={classes['page']}>
      <StaleNotice query={apiKey} />
      <KeyDetails apiKey={apiKey.data} />
    </div>
  );
}

function KeyDetails({ apiKey }: { apiKey: ApiKey }): ReactNode {
  return (
    <>
      <KeyHeader apiKey={apiKey} />
      {apiKey.replacedByKeyId !== null && <RotationPanel oldKey={apiKey} />}
      <KeyFacts apiKey={apiKey} />
      <StillCalled apiKey={apiKey} />
      <VerdictCard apiKey={apiKey} />
      <UsagePlots apiKey={apiKey} />
      <KeyEvents apiKey={apiKey} />
    </>
  );
}

function Gone({ projectId }: { projectId: string }): ReactNode {
  return (
    <Nothing
      icon={IconTrash}
      title="There is no such API key"
      action={
        <Anchor
          renderRoot={(props) => (
            <Link to="/projects/$projectId/api-access/recently-deleted" params={{ projectId }} {...props} />
          )}
        >
          Recently deleted
        </Anchor>
      }
    >
      It has been deleted, maybe by somebody else just now.
    </Nothing>
  );
}
