import { Badge } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconFolder, IconPencil, IconTrash } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import type { Project } from '../api/types.js';
import { useWhyNot } from '../session/permissions.js';
import { ActionsMenu } from '../ui/actions-menu.js';
import type { MenuSection } from '../ui/menu-section.js';
import { Time } from '../ui/time.js';
import classes from './projects.module.css';

const DeleteProjectDialog = lazy(() =>
  import('./delete-project-dialog.js').then((module) => ({ default: module.DeleteProjectDialog })),
);
const ProjectNameDialog = lazy(() =>
  import('./project-name-dialog.js').then((module) => ({ default: module.ProjectNameDialog })),
);

export function ProjectRow({ project, isLast }: { project: Project; isLast: boolean }): ReactNode {
  const whyNot = useWhyNot(project.id);
  const [isRenaming, renaming] = useDisclosure(false);
  const [isDeleting, deleting] = useDisclosure(false);
  const disabled = whyNot !== undefined;
  const sections = (): MenuSection[] => [
    {
      ...(disabled ? { label: whyNot } : {}),
      actions: [
        { label: 'Rename', icon: IconPencil, disabled, onClick: renaming.open },
        { label: 'Delete', icon: IconTrash, color: 'red', disabled, onClick: deleting.open },
      ],
    },
  ];
  return (
    <li className={classes['row']}>
      <IconFolder size={20} stroke={1.6} aria-hidden className={classes['icon'] ?? ''} />
      <div className={classes['name']}>
        <Link to="/projects/$projectId" params={{ projectId: project.id }}>
          {project.name}
        </Link>
        {isLast && (
          <Badge variant="default" size="sm" tt="none" fw={500}>
            Last visited
          </Badge>
        )}
      </div>
      <span className={classes['created']}>
        Created <Time at={project.createdAt} />
      </span>
      <ActionsMenu label={`Actions for ${project.name}`} icon={IconDots} sections={sections} />
      <Suspense>
        {isRenaming && <ProjectNameDialog project={project} onClose={renaming.close} />}
        {isDeleting && <DeleteProjectDialog project={project} onClose={deleting.close} />}
      </Suspense>
    </li>
  );
}
