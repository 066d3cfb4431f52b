import { Button, Group, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type SubmitEvent, type ReactNode, useState } from 'react';
import { fieldProblemOf } from '../api/api-error.js';
import { gateway } from '../api/gateway.js';
import type { Project } from '../api/types.js';
import { Dialog } from '../ui/dialog.js';
import { FormProblem } from '../ui/form-problem.js';
import { useSubmission } from '../ui/use-submission.js';
import { PROJECTS } from './use-projects.js';

const MAX_NAME_CHARACTERS = 100;

/** Creates a project and goes there, or renames the given one. */
export function ProjectNameDialog({
  project,
  onClose,
}: {
  project?: Project;
  onClose: () => void;
}): ReactNode {
  const [name, setName] = useState(project?.name ?? '');
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { isBusy, error, submit } = useSubmission(async () => {
    const saved = await (project
      ? gateway.renameProject(project.id, name.trim())
      : gateway.createProject(name.trim()));
    await queryClient.invalidateQueries({ queryKey: PROJECTS });
    onClose();
    if (!project) await navigate({ to: '/projects/$projectId', params: { projectId: saved.id } });
  });
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') submit();
  };
  return (
    <Dialog opened onClose={onClose} title={project ? 'Rename project' : 'Create project'} size="md">
      <form onSubmit={onSubmit}>
        <TextInput
          label="Name"
          placeholder="Website"
          value={name}
          maxLength={MAX_NAME_CHARACTERS}
          error={fieldProblemOf(error, '/name')}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
          mb="md"
        />
        <FormProblem title="It was not saved" error={error} field="/name" />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isBusy} disabled={name.trim() === ''}>
            {project ? 'Rename' : 'Create'}
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
