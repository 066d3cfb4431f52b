import { Button, Text, TextInput } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { copyText } from '../../ui/copy-text.js';
import classes from './create.module.css';

/** The whole key, selected, with a button that says "Copied" only when it was. */
export function KeyField({ secret, onCopied }: { secret: string; onCopied: () => void }): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'failed'>('none');
  useEffect(() => field.current?.select(), []);
  const copy = async (): Promise<void> => {
    const isCopied = await copyText(secret, field.current);
    setOutcome(isCopied ? 'copied' : 'failed');
    if (isCopied) onCopied();
    else field.current?.select();
  };
  return (
    <div>
      <div className={classes['keyRow']}>
        <TextInput
          ref={field}
          aria-label="API key"
          value={secret}
          readOnly
          spellCheck={false}
          autoComplete="off"
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
          onCopy={() => {
            setOutcome('copied');
            onCopied();
          }}
          classNames={{ root: classes['keyField'] ?? '', input: classes['keyInput'] ?? '' }}
        />
        <Button
          leftSection={
            outcome === 'copied' ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
          }
          onClick={() => void copy()}
        >
          {outcome === 'copied' ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <Text size="sm" mt={6} role="status" c={outcome === 'failed' ? 'red' : 'dimmed'}>
        {outcome === 'copied' && 'Copied to the clipboard.'}
        {outcome === 'failed' && 'This browser does not let us copy it. Press Ctrl+C: it is selected.'}
      </Text>
    </div>
  );
}
