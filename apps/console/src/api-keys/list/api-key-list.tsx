import { Button } from '@mantine/core';
import { IconKey, IconSearchOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Nothing } from '../../ui/nothing.js';
import { LoadMore } from '../../ui/load-more.js';
import { ProblemPanel } from '../../ui/problem-panel.js';
import { SkeletonRows } from '../../ui/skeleton-rows.js';
import { StaleNotice } from '../../ui/stale-notice.js';
import { useApiKeys } from '../use-api-keys.js';
import { AttentionBanner } from './attention-banner.js';
import { CreateFirst } from './create-first.js';
import { KeyTable } from './key-table.js';
import { ListToolbar } from './list-toolbar.js';
import { apiKeyQuery, type ListSearch, type OnSearch } from './list-search.js';
import classes from './list.module.css';

interface ApiKeyListProps {
  /** Absent: those of all projects. */
  projectId?: string;
  search: ListSearch;
  onSearch: OnSearch;
}

export function ApiKeyList({ projectId, search, onSearch }: ApiKeyListProps): ReactNode {
  return (
    <>
      <div className={classes['banner']}>
        <AttentionBanner projectId={projectId} onFilter={(filter) => onSearch({ filter })} />
      </div>
      <ListToolbar search={search} onSearch={onSearch} />
      <Rows projectId={projectId} search={search} onSearch={onSearch} />
    </>
  );
}

interface RowsProps {
  projectId: string | undefined;
  search: ListSearch;
  onSearch: OnSearch;
}

function Rows({ projectId, search, onSearch }: RowsProps): ReactNode {
  const apiKeys = useApiKeys(projectId, apiKeyQuery(search));
  if (apiKeys.isPending) return <SkeletonRows label="Loading API keys" />;
  if (apiKeys.data === undefined) {
    return (
      <ProblemPanel
        title="The API keys cannot be shown"
        error={apiKeys.error}
        onRetry={() => void apiKeys.refetch()}
      />
    );
  }
  const rows = apiKeys.data.pages.flatMap(({ data }) => data);
  if (rows.length === 0) return <NoRows projectId={projectId} search={search} onSearch={onSearch} />;
  return (
    <>
      <div className={classes['banner']}>
        <StaleNotice query={apiKeys} />
      </div>
      <KeyTable
        apiKeys={rows}
        withProject={projectId === undefined}
        sort={search.sort}
        onSort={(sort) => onSearch({ ...search, sort })}
      />
      <LoadMore shown={rows.length} one="API key" query={apiKeys} />
    </>
  );
}

function NoRows({ projectId, search, onSearch }: RowsProps): ReactNode {
  if (search.q !== undefined || search.filter !== undefined) {
    return (
      <Nothing
        icon={IconSearchOff}
        title="No API key matches"
        action={
          <Button variant="default" onClick={() => onSearch({})}>
            Clear filters
          </Button>
        }
      />
    );
  }
  return (
    <Nothing
      icon={IconKey}
      title="No API keys yet"
      action={projectId !== undefined && <CreateFirst projectId={projectId} />}
    >
      Create one for each consumer that calls this project.
    </Nothing>
  );
}
