import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PageHeader } from '../ui/page-header.js';
import { AuditList } from './audit-list.js';

export function AuditPage(): ReactNode {
  const search = useSearch({ from: '/audit' });
  const navigate = useNavigate({ from: '/audit' });
  return (
    <>
      <PageHeader title="Audit" />
      <AuditList search={search} onSearch={(next) => void navigate({ search: next })} />
    </>
  );
}
