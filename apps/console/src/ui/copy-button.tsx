import { ActionIcon, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { copyText } from './copy-text.js';

type Outcome = 'none' | 'copied' | 'failed';
const SAYS = { none: '', copied: 'Copied', failed: 'It could not be copied: select it and press Ctrl+C' };

interface CopyButtonProps {
  value: string;
  label: string;
  onCopied?: (() => void) | undefined;
}

export function CopyButton({ value, label, onCopied }: CopyButtonProps): ReactNode {
  const [outcome, setOutcome] = useState<Outcome>('none');
  const copy = async (): Promise<void> => {
    const isCopied = await copyText(value);
    setOutcome(isCopied ? 'copied' : 'failed');
    if (isCopied) onCopied?.();
  };
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={label}
        title={SAYS[outcome] || label}
        onClick={() => void copy()}
        onBlur={() => setOutcome('none')}
      >
        {outcome === 'copied' ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      </ActionIcon>
      <VisuallyHidden role="status">{SAYS[outcome]}</VisuallyHidden>
    </>
  );
}
