import { CloseButton, Kbd, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type ReactNode, useRef } from 'react';
import { useShortcut } from '../app/use-shortcut.js';

interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

const MAX_CHARACTERS = 200;

/** The search of a page: `/` goes there from anywhere. */
export function SearchField({ label, value, onChange }: SearchFieldProps): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  useShortcut('/', () => field.current?.select());
  return (
    <TextInput
      ref={field}
      type="text"
      role="searchbox"
      aria-label={label}
      aria-keyshortcuts="/"
      placeholder={label}
      value={value}
      maxLength={MAX_CHARACTERS}
      flex="1 1 220px"
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        value === '' ? (
          <Kbd size="xs" aria-hidden>
            /
          </Kbd>
        ) : (
          <CloseButton size="sm" aria-label="Clear search" onClick={() => onChange('')} />
        )
      }
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
