import { Button, Group, Stack, Text } from '@mantine/core';
import { type SubmitEvent, type ReactNode, useState } from 'react';
import type { ApiKey } from '../../api/types.js';
import { CreationProblem, isLost } from './creation-problem.js';
import { type ExpiryChoice, expiryOf } from './expiry.js';
import { ExpiryField } from './expiry-field.js';
import { NoteField } from './note-field.js';

export interface KeyDraft {
  note: string | null;
  expiresAt: string | null;
}

interface CreateKeyFormProps {
  replaces: ApiKey | undefined;
  isBusy: boolean;
  error: unknown;
  onCancel: () => void;
  onSubmit: (draft: KeyDraft) => void;
}

export function CreateKeyForm({
  replaces,
  isBusy,
  error,
  onCancel,
  onSubmit,
}: CreateKeyFormProps): ReactNode {
  const [note, setNote] = useState(replaces?.note ?? '');
  const [choice, setChoice] = useState<ExpiryChoice>({ preset: 'never', day: '' });
  const expiry = expiryOf(choice, new Date());
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!expiry.isValid) return;
    const trimmed = note.trim();
    onSubmit({ note: trimmed === '' ? null : trimmed, expiresAt: expiry.at?.toISOString() ?? null });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <NoteField value={note} onChange={setNote} error={error} />
        <ExpiryField choice={choice} expiry={expiry} onChange={setChoice} />
        <Text size="sm" c="dimmed">
          {replaces
            ? 'The old key works until you delete it. Switch its client to the new one, in a low-traffic window if you can, then delete the old one.'
            : 'One key per consumer: a key that your CI and a laptop share can never be rotated cleanly.'}
        </Text>
        <CreationProblem error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel} disabled={isBusy}>
            {isLost(error) ? 'Close' : 'Cancel'}
          </Button>
          <Button type="submit" loading={isBusy} disabled={!expiry.isValid || isLost(error)}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
