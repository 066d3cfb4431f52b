import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { AuditList } from './audit-list.js';

const ROUTE = '/projects/$projectId/audit';

export function ProjectAuditPage(): ReactNode {
  const { projectId } = useParams({ from: ROUTE });
  const search = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: ROUTE });
  return (
    <AuditList projectId={projectId} search={search} onSearch={(next) => void navigate({ search: next })} />
  );
}
