import { Button, Group } from '@mantine/core';
import { type SubmitEvent, type ReactNode, useState } from 'react';
import { gateway } from '../api/gateway.js';
import type { ApiKey } from '../api/types.js';
import { Dialog } from '../ui/dialog.js';
import { FormProblem } from '../ui/form-problem.js';
import { useSubmission } from '../ui/use-submission.js';
import { NoteField } from './create/note-field.js';

interface NoteDialogProps {
  apiKey: ApiKey;
  onClose: () => void;
  onChanged: () => Promise<void>;
}

/** The note is the only thing about a key that can change. */
export function NoteDialog({ apiKey, onClose, onChanged }: NoteDialogProps): ReactNode {
  const [note, setNote] = useState(apiKey.note ?? '');
  const { isBusy, error, submit } = useSubmission(async () => {
    const trimmed = note.trim();
    await gateway.changeNote(apiKey, trimmed === '' ? null : trimmed);
    await onChanged();
    onClose();
  });
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    submit();
  };
  return (
    <Dialog opened onClose={onClose} title={`Note of ${apiKey.keyStart}…`} size="md">
      <form onSubmit={onSubmit}>
        <NoteField value={note} onChange={setNote} error={error} />
        <FormProblem title="The note was not changed" error={error} field="/note" />
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isBusy}>
            Save
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
