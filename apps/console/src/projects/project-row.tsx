import { ActionIcon, Badge, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconFolder, IconPencil, IconTrash } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Project } from '../api/types.js';
import { useWhyNot } from '../session/permissions.js';
import { Time } from '../ui/time.js';
import { DeleteProjectDialog } from './delete-project-dialog.js';
import { ProjectNameDialog } from './project-name-dialog.js';
import classes from './projects.module.css';

export function ProjectRow({ project, isLast }: { project: Project; isLast: boolean }): ReactNode {
  const whyNot = useWhyNot(project.id);
  const [isRenaming, renaming] = useDisclosure(false);
  const [isDeleting, deleting] = useDisclosure(false);
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
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${project.name}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {whyNot !== undefined && <Menu.Label maw={240}>{whyNot}</Menu.Label>}
          <Menu.Item
            leftSection={<IconPencil size={16} aria-hidden />}
            disabled={whyNot !== undefined}
            onClick={renaming.open}
          >
            Rename
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} aria-hidden />}
            disabled={whyNot !== undefined}
            onClick={deleting.open}
          >
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isRenaming && <ProjectNameDialog project={project} onClose={renaming.close} />}
      {isDeleting && <DeleteProjectDialog project={project} onClose={deleting.close} />}
    </li>
  );
}
