import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFolder, IconPlus, IconSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { useShortcut } from '../app/use-shortcut.js';
import { useWhyNot } from '../session/permissions.js';
import { GuardedButton } from '../ui/guarded.js';
import { LoadMore } from '../ui/load-more.js';
import { Nothing } from '../ui/nothing.js';
import { PageHeader } from '../ui/page-header.js';
import { ProblemPanel } from '../ui/problem-panel.js';
import { SearchField } from '../ui/search-field.js';
import { SkeletonRows } from '../ui/skeleton-rows.js';
import { StaleNotice } from '../ui/stale-notice.js';
import { lastProject } from './last-project.js';
import { ProjectRow } from './project-row.js';
import { useProjects } from './use-projects.js';
import classes from './projects.module.css';

const ProjectNameDialog = lazy(() =>
  import('./project-name-dialog.js').then((module) => ({ default: module.ProjectNameDialog })),
);

export function ProjectsPage(): ReactNode {
  const { q = '' } = useSearch({ from: '/projects' });
  const navigate = useNavigate({ from: '/projects' });
  const search = (text: string): void =>
    void navigate({ search: text === '' ? {} : { q: text }, replace: true });
  const [isCreating, creating] = useDisclosure(false);
  const whyNot = useWhyNot(null);
  useShortcut('c', whyNot === undefined ? creating.open : undefined);
  return (
    <>
      <PageHeader
        title="Projects"
        actions={
          <GuardedButton
            reason={whyNot}
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={creating.open}
          >
            Create project
          </GuardedButton>
        }
      />
      <SearchField label="Search projects" value={q} onSearch={search} />
      <ProjectList
        q={q}
        onClear={() => search('')}
        onCreate={whyNot === undefined ? creating.open : undefined}
      />
      <Suspense>{isCreating && <ProjectNameDialog onClose={creating.close} />}</Suspense>
    </>
  );
}

interface ProjectListProps {
  q: string;
  onClear: () => void;
  onCreate: (() => void) | undefined;
}

function ProjectList({ q, onClear, onCreate }: ProjectListProps): ReactNode {
  const projects = useProjects(q);
  if (projects.isPending) return <SkeletonRows label="Loading projects" />;
  if (projects.data === undefined) {
    return (
      <ProblemPanel
        title="The projects cannot be shown"
        error={projects.error}
        onRetry={() => void projects.refetch()}
      />
    );
  }
  const rows = projects.data.pages.flatMap(({ data }) => data);
  if (rows.length === 0) return <NoProjects q={q} onClear={onClear} onCreate={onCreate} />;
  const lastId = lastProject.read();
  const sorted = [...rows.filter(({ id }) => id === lastId), ...rows.filter(({ id }) => id !== lastId)];
  return (
    <>
      <StaleNotice query={projects} />
      <ul className={classes['list']}>
        {sorted.map((project) => (
          <ProjectRow key={project.id} project={project} isLast={project.id === lastId} />
        ))}
      </ul>
      <LoadMore shown={rows.length} one="project" query={projects} />
    </>
  );
}

function NoProjects({ q, onClear, onCreate }: ProjectListProps): ReactNode {
  if (q !== '') {
    return (
      <Nothing
        icon={IconSearch}
        title={`No project is called like “${q}”`}
        action={
          <Button variant="default" onClick={onClear}>
            Clear search
          </Button>
        }
      />
    );
  }
  return (
    <Nothing
      icon={IconFolder}
      title="There are no projects yet"
      action={onCreate && <Button onClick={onCreate}>Create project</Button>}
    >
      An API key belongs to exactly one project and gives full access to it.
    </Nothing>
  );
}
