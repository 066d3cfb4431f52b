import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type SubmitEvent, type ReactNode, useState } from 'react';
import { fieldProblemOf, hasCode } from '../../api/api-error.js';
import { gateway } from '../../api/gateway.js';
import type { FoundApiKey } from '../../api/types.js';
import { useProject } from '../../projects/use-projects.js';
import { Dialog } from '../../ui/dialog.js';
import { Notice } from '../../ui/notice.js';
import { ProblemPanel } from '../../ui/problem-panel.js';
import { useSubmission } from '../../ui/use-submission.js';

const LOOKS_LIKE_A_KEY = /^tlx_[0-9A-Za-z]{49}$/;

/** Whose is the key that was found somewhere? What is pasted is forgotten as soon as it has been asked for. */
export function FindKeyDialog({ onClose }: { onClose: () => void }): ReactNode {
  const [pasted, setPasted] = useState('');
  const [found, setFound] = useState<FoundApiKey | null>(null);
  const { isBusy, error, submit } = useSubmission(async () => {
    setFound(null);
    const answer = await gateway.findApiKey(pasted.trim());
    setPasted('');
    setFound(answer);
  });
  const text = pasted.trim();
  const mistake = fieldProblemOf(error, '/key');
  const isOdd = text !== '' && !LOOKS_LIKE_A_KEY.test(text);
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (text !== '' && !isOdd) submit();
  };
  return (
    <Dialog opened onClose={onClose} title="Find a key">
      <form onSubmit={onSubmit}>
        <Stack gap="md">
          <PasswordInput
            label="API key"
            description="Paste the whole key. It is compared by its hash, stored nowhere, and counts as no use."
            value={pasted}
            onChange={(event) => setPasted(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
            visibilityToggleButtonProps={{ 'aria-label': 'Show the key' }}
            error={isOdd ? 'This is not a whole API key: tlx_ and 49 letters and digits.' : mistake}
          />
          <Notice tone="warn">
            A key that was pasted anywhere counts as exposed: replace it, then delete it.
          </Notice>
          {hasCode(error, 'api_key_not_found') ? (
            <Text role="status">There is no such API key, or it is in a project that you may not see.</Text>
          ) : (
            error !== null &&
            mistake === undefined && <ProblemPanel title="It could not be looked up" error={error} />
          )}
          {found !== null && <Found found={found} onClose={onClose} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={isBusy} disabled={text === '' || isOdd}>
              Find
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

const STATUS_TEXT = {
  active: 'active',
  expired: 'expired',
  deleting: 'being deleted',
  deleted: 'deleted: it does no harm any more',
};

function Found({ found, onClose }: { found: FoundApiKey; onClose: () => void }): ReactNode {
  const { projectId, keyId, keyStart, status } = found;
  const project = useProject(projectId);
  const navigate = useNavigate();
  const go = (): void => {
    onClose();
    if (status === 'deleted') {
      void navigate({ to: '/projects/$projectId/api-access/recently-deleted', params: { projectId } });
      return;
    }
    void navigate({
      to: '/projects/$projectId/api-access/api-keys',
      params: { projectId },
      search: { q: keyStart },
      state: { focusKeyId: keyId },
    });
  };
  return (
    <Notice tone="info" role="status" title={`${keyStart}… is ${STATUS_TEXT[status]}`}>
      <Group justify="space-between">
        <Text size="sm">It belongs to the project {project.data?.name ?? '…'}.</Text>
        <Button size="xs" variant="default" onClick={go}>
          Go to the key
        </Button>
      </Group>
    </Notice>
  );
}
