import { Anchor, Breadcrumbs, Skeleton } from '@mantine/core';
import { Link, Navigate, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { hasCode } from '../api/api-error.js';
import { NotFoundPage } from '../app/not-found-page.js';
import { PageHeader } from '../ui/page-header.js';
import { ProblemPanel } from '../ui/problem-panel.js';
import { Tabs } from '../ui/tabs.js';
import { lastProject } from './last-project.js';
import { useProject } from './use-projects.js';

/** Admin → Projects → {project}: the heading and the tabs of everything in a project. */
export function ProjectPage(): ReactNode {
  const { projectId } = useParams({ from: '/projects/$projectId' });
  const isFromHome = useRouterState({ select: ({ location }) => location.state.isFromHome });
  const project = useProject(projectId, { isLive: true });
  const isGone = hasCode(project.error, 'project_not_found') || hasCode(project.error, 'invalid_request');
  const exists = project.data !== undefined;
  useEffect(() => {
    if (exists) lastProject.write(projectId);
    if (isGone) lastProject.forget(projectId);
  }, [projectId, exists, isGone]);
  // Nobody asked for a project that is no more, or that was another person's in this browser.
  if (isGone && isFromHome) return <Navigate to="/projects" replace />;
  if (isGone) return <NotFoundPage />;
  if (project.error !== null && project.data === undefined) {
    return (
      <>
        <PageHeader title="Project" />
        <ProblemPanel
          title="The project cannot be shown"
          error={project.error}
          onRetry={() => void project.refetch()}
        />
      </>
    );
  }
  const params = { projectId };
  return (
    <>
      <PageHeader
        title={project.data?.name ?? 'Project'}
        above={
          <Breadcrumbs component="nav" aria-label="Path">
            <Anchor size="sm" renderRoot={(props) => <Link to="/projects" {...props} />}>
              Projects
            </Anchor>
            {project.data ? <span>{project.data.name}</span> : <Skeleton w={120} h={14} />}
          </Breadcrumbs>
        }
      />
      <Tabs label="Project">
        <ApiAccessTab projectId={projectId} />
        <Link to="/projects/$projectId/audit" params={params}>
          Audit
        </Link>
      </Tabs>
      <Outlet />
    </>
  );
}

/** The current one on all of its sub-tabs, not only on the first, which it leads to. */
function ApiAccessTab({ projectId }: { projectId: string }): ReactNode {
  const isCurrent = useRouterState({ select: ({ location }) => location.pathname.includes('/api-access/') });
  return (
    <Link
      to="/projects/$projectId/api-access/api-keys"
      params={{ projectId }}
      {...(isCurrent ? { 'data-active': true, 'aria-current': true } : {})}
    >
      API Access
    </Link>
  );
}
