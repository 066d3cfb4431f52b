import { Anchor, Breadcrumbs, Skeleton } from '@mantine/core';
import { Link, Outlet, useParams } from '@tanstack/react-router';
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
  const project = useProject(projectId);
  const isGone = hasCode(project.error, 'project_not_found') || hasCode(project.error, 'invalid_request');
  const exists = project.data !== undefined;
  useEffect(() => {
    if (exists) lastProject.write(projectId);
    if (isGone) lastProject.forget(projectId);
  }, [projectId, exists, isGone]);
  if (isGone) return <NotFoundPage />;
  if (project.error !== null && project.data === undefined) {
    return (
      <ProblemPanel
        title="The project cannot be shown"
        error={project.error}
        onRetry={() => void project.refetch()}
      />
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
      <Tabs label={'Project'}>
        <Link to="/projects/$projectId/api-access/api-keys" params={params} activeOptions={{ exact: false }}>
          API Access
        </Link>
        <Link to="/projects/$projectId/audit" params={params}>
          Audit
        </Link>
      </Tabs>
      <Outlet />
    </>
  );
}
