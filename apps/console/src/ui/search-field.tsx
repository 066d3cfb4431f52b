import { CloseButton, Kbd, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type ReactNode, useRef } from 'react';
import { useShortcut } from '../app/use-shortcut.js';
import { useSearchText } from './use-search-text.js';

interface SearchFieldProps {
  label: string;
  /** What is searched for now. */
  value: string;
  onSearch: (value: string) => void;
}

const MAX_CHARACTERS = 200;

/** The search of a page: `/` goes there from anywhere. */
export function SearchField({ label, value, onSearch }: SearchFieldProps): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  const { text, problem, type } = useSearchText(value, onSearch);
  useShortcut('/', () => field.current?.select());
  return (
    <TextInput
      ref={field}
      type="text"
      role="searchbox"
      aria-label={label}
      aria-keyshortcuts="/"
      placeholder={label}
      value={text}
      error={problem}
      maxLength={MAX_CHARACTERS}
      flex="1 1 220px"
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        text === '' ? (
          <Kbd size="xs" aria-hidden>
            /
          </Kbd>
        ) : (
          <CloseButton size="sm" aria-label="Clear search" onClick={() => type('')} />
        )
      }
      onChange={(event) => type(event.currentTarget.value)}
    />
  );
}
