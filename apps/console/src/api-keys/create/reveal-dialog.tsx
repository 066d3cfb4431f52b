import { Button, Checkbox, Group, Stack } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { ApiKey } from '../../api/types.js';
import { Dialog } from '../../ui/dialog.js';
import { Notice } from '../../ui/notice.js';
import { KeyField } from './key-field.js';
import { UsageExamples } from './usage-examples.js';

interface RevealDialogProps {
  apiKey: ApiKey;
  secret: string;
  onClose: () => void;
}

/** The only time that the key is ever shown. Nothing closes it by accident before the key is safe. */
export function RevealDialog({ apiKey, secret, onClose }: RevealDialogProps): ReactNode {
  const [isCopied, setIsCopied] = useState(false);
  const [isSaved, setIsSaved] = useState(false);
  const isSafe = isCopied || isSaved;
  useBlocker({ shouldBlockFn: () => !isSafe, enableBeforeUnload: () => !isSafe });
  return (
    <Dialog
      opened
      onClose={onClose}
      title="Copy your API key now"
      closeOnEscape={isSafe}
      closeOnClickOutside={isSafe}
      withCloseButton={false}
    >
      <Stack gap="md">
        <KeyField secret={secret} onCopied={() => setIsCopied(true)} />
        <Notice tone="warn">
          <b>It is shown once. There is no way to recover it later</b> – if you lose it, delete it and create
          a new one. Only a hash of it is stored.
        </Notice>
        <UsageExamples secret={secret} apiKey={apiKey} onSaved={() => setIsCopied(true)} />
        <Group justify="space-between" gap="sm">
          <Checkbox
            label="I have saved it"
            checked={isSaved}
            onChange={(event) => setIsSaved(event.currentTarget.checked)}
          />
          <Button onClick={onClose} disabled={!isSafe}>
            Done
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
