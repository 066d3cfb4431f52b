import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PageHeader } from '../../ui/page-header.js';
import { KeyActionsProvider } from '../key-actions.js';
import { ApiKeyList } from './api-key-list.js';

/** The keys of every project that one may see. */
export function AllApiKeysPage(): ReactNode {
  const search = useSearch({ from: '/api-keys' });
  const navigate = useNavigate({ from: '/api-keys' });
  return (
    <KeyActionsProvider>
      <PageHeader title="All API keys" />
      <ApiKeyList search={search} onSearch={(next, options) => void navigate({ search: next, ...options })} />
    </KeyActionsProvider>
  );
}
