import { ActionIcon, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { copyText } from './copy-text.js';

type Outcome = 'none' | 'copied' | 'failed';
const SAYS = { none: '', copied: 'Copied', failed: 'It could not be copied: select it and press Ctrl+C' };

/** For what is no secret: ids, addresses, examples. */
export function CopyButton({ value, label }: { value: string; label: string }): ReactNode {
  const [outcome, setOutcome] = useState<Outcome>('none');
  const copy = async (): Promise<void> => {
    setOutcome((await copyText(value)) ? 'copied' : 'failed');
  };
  return (
    <>
      <Tooltip label={SAYS[outcome] || label}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={label}
          onClick={() => void copy()}
          onBlur={() => setOutcome('none')}
        >
          {outcome === 'copied' ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        </ActionIcon>
      </Tooltip>
      <VisuallyHidden role="status">{SAYS[outcome]}</VisuallyHidden>
    </>
  );
}
