import { Text, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { fieldProblemOf } from '../../api/api-error.js';

const MAX_NOTE_CHARACTERS = 200;

interface NoteFieldProps {
  value: string;
  onChange: (note: string) => void;
  /** Of the last attempt to save it. */
  error: unknown;
}

export function NoteField({ value, onChange, error }: NoteFieldProps): ReactNode {
  const length = [...value.trim()].length;
  const nudge =
    length === 0
      ? 'A blank note becomes “what does this even do?” six months later.'
      : 'Who uses this key, and what for.';
  return (
    <TextInput
      label="Note"
      description={nudge}
      placeholder="GitHub Actions deploy"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      maxLength={MAX_NOTE_CHARACTERS}
      autoComplete="off"
      data-autofocus
      error={fieldProblemOf(error, '/note')}
      rightSectionWidth={64}
      rightSection={
        <Text
          size="xs"
          c="dimmed"
          aria-label={`${String(length)} of ${String(MAX_NOTE_CHARACTERS)} characters`}
        >
          {length}/{MAX_NOTE_CHARACTERS}
        </Text>
      }
    />
  );
}
