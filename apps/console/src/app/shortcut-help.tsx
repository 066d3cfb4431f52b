import { Kbd, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Dialog } from '../ui/dialog.js';
import classes from './shortcut-help.module.css';

const SHORTCUTS = [
  ['/', 'Search'],
  ['c', 'Create an API key, or a project'],
  ['f', 'Find a key'],
  ['?', 'This help'],
  ['Esc', 'Close what is open'],
] as const;

export function ShortcutHelp({ onClose }: { onClose: () => void }): ReactNode {
  return (
    <Dialog opened onClose={onClose} title="Keyboard shortcuts">
      <dl className={classes['list']}>
        {SHORTCUTS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <Kbd>{key}</Kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <Text size="sm" c="dimmed" mt="md">
        Everything can be reached with Tab, and chosen with Enter or Space. The API is described at{' '}
        <a href="/docs">/docs</a>.
      </Text>
    </Dialog>
  );
}
