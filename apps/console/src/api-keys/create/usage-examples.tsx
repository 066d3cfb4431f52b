import { Button, Tabs } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ApiKey } from '../../api/types.js';
import { CopyButton } from '../../ui/copy-button.js';
import { download } from '../../ui/download.js';
import { envLine, examples } from './examples.js';
import classes from './create.module.css';

interface UsageExamplesProps {
  secret: string;
  apiKey: ApiKey;
  onSaved: () => void;
}

export function UsageExamples({ secret, apiKey, onSaved }: UsageExamplesProps): ReactNode {
  const tabs = examples(location.origin);
  const save = (): void => {
    const comment = `# Traylinx API key ${apiKey.note?.replaceAll(/\s+/g, ' ') ?? apiKey.keyStart}`;
    download('.env', `${comment}\n${envLine(secret)}\n`, 'text/plain');
    onSaved();
  };
  return (
    <Tabs defaultValue=".env" classNames={{ tab: classes['tab'] ?? '' }}>
      <Tabs.List aria-label="How to use it">
        <Tabs.Tab value=".env">.env</Tabs.Tab>
        {tabs.map(({ label }) => (
          <Tabs.Tab key={label} value={label}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value=".env" pt="xs">
        <Example code={envLine(secret)} label="Copy the line" onCopied={onSaved} />
        <Button
          variant="default"
          size="xs"
          mt="xs"
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={save}
        >
          Download .env
        </Button>
      </Tabs.Panel>
      {tabs.map(({ label, code }) => (
        <Tabs.Panel key={label} value={label} pt="xs">
          <Example code={code} label={`Copy the ${label} example`} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

interface ExampleProps {
  code: string;
  label: string;
  onCopied?: () => void;
}

function Example({ code, label, onCopied }: ExampleProps): ReactNode {
  return (
    <div className={classes['example']}>
      {/* It may be wider than the dialog, and then scrolls: the keyboard must get there. */}
      <pre className={classes['code']} tabIndex={0}>
        {code}
      </pre>
      <div className={classes['exampleCopy']}>
        <CopyButton value={code} label={label} onCopied={onCopied} />
      </div>
    </div>
  );
}
