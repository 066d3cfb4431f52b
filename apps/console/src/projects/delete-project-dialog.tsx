import { Button, Group, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError, hasCode } from '../api/api-error.js';
import { gateway } from '../api/gateway.js';
import type { Project } from '../api/types.js';
import { Dialog } from '../ui/dialog.js';
import { ProblemPanel } from '../ui/problem-panel.js';
import { toast } from '../ui/toast.js';
import { useSubmission } from '../ui/use-submission.js';
import { lastProject } from './last-project.js';
import { PROJECTS } from './use-projects.js';

export function DeleteProjectDialog({
  project,
  onClose,
}: {
  project: Project;
  onClose: () => void;
}): ReactNode {
  const queryClient = useQueryClient();
  const { isBusy, error, submit } = useSubmission(async () => {
    await gateway.deleteProject(project.id).catch(isGoneAlready);
    lastProject.forget(project.id);
    await queryClient.invalidateQueries({ queryKey: PROJECTS });
    onClose();
    toast.done(`Deleted the project ${project.name}`);
  });
  const title = hasCode(error, 'project_not_empty') ? 'Delete its API keys first' : 'It was not deleted';
  return (
    <Dialog opened onClose={onClose} title="Delete this project?" size="md">
      <Text mb="sm">
        <b>{project.name}</b> must have no API keys. It disappears from every list; its audit events stay.
      </Text>
      {error !== null && <ProblemPanel title={title} error={error} />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button color="red" loading={isBusy} onClick={() => submit()}>
          Delete
        </Button>
      </Group>
    </Dialog>
  );
}

/** Somebody else was first. */
function isGoneAlready(error: unknown): void {
  if (!(error instanceof ApiError) || error.code !== 'project_not_found') throw error;
}
