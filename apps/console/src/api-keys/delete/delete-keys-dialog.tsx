import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ApiKey } from '../../api/types.js';
import { useNow } from '../../ui/clock.js';
import { Dialog } from '../../ui/dialog.js';
import { Notice } from '../../ui/notice.js';
import { toast } from '../../ui/toast.js';
import { useSlow } from '../../ui/use-slow.js';
import { nameOf } from '../key-state.js';
import { rotationOf } from '../rotation/rotation.js';
import { useReplacement } from '../rotation/use-replacement.js';
import { useApiKey } from '../use-api-keys.js';
import { InUseWarning } from './in-use-warning.js';
import { KeyResults } from './key-results.js';
import { type DeletionResult, useDeletions } from './use-deletions.js';
import { VerdictCard } from './verdict-card.js';

interface DeleteKeysDialogProps {
  apiKeys: readonly ApiKey[];
  onClose: () => void;
  /** Some of them were deleted, and the dialog stays open. */
  onChange: () => Promise<void>;
  /** All of them were. */
  onDone: () => Promise<void>;
}

const SLOW_MS = 2_000;

export function DeleteKeysDialog({ apiKeys, onClose, onChange, onDone }: DeleteKeysDialogProps): ReactNode {
  const { isBusy, results, start } = useDeletions(apiKeys, async (ended) => {
    if (apiKeys.some(({ id }) => ended.get(id)?.outcome === 'failed')) {
      await onChange();
      return;
    }
    await onDone();
    tell(apiKeys, ended);
  });
  const isSlow = useSlow(isBusy, SLOW_MS);
  const [only] = apiKeys;
  const isOne = apiKeys.length === 1 && only !== undefined;
  const hasFailed = [...results.values()].some(({ outcome }) => outcome === 'failed');
  return (
    <Dialog
      opened
      onClose={() => {
        if (!isBusy) onClose();
      }}
      title={isOne ? 'Delete this API key?' : `Delete these ${String(apiKeys.length)} API keys?`}
    >
      <Stack gap="md">
        {isOne ? <OneKey apiKey={only} /> : <InUseWarning apiKeys={apiKeys} />}
        <Text size="sm">Callers get 401 on their next call. This cannot be undone.</Text>
        {(!isOne || hasFailed) && <KeyResults apiKeys={apiKeys} results={results} />}
        {isSlow && (
          <Notice tone="info" role="status">
            Still at work: it is only called deleted once no cache can accept it any more. That may take 12
            seconds.
          </Notice>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} disabled={isBusy}>
            {hasFailed ? 'Close' : 'Cancel'}
          </Button>
          <Button color="red" loading={isBusy} onClick={() => start()} data-autofocus>
            {hasFailed ? 'Try again' : 'Confirm'}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function OneKey({ apiKey }: { apiKey: ApiKey }): ReactNode {
  // As it is now, not as it was when the list was loaded.
  const { data = apiKey } = useApiKey(apiKey, apiKey);
  return (
    <>
      <Text fw={600}>{nameOf(data)}</Text>
      <InUseWarning apiKeys={[data]} />
      <TakenOver oldKey={data} />
      <VerdictCard apiKey={data} />
    </>
  );
}

/** What the traffic of both keys says, beside the counts, which still remember the time before the switch. */
function TakenOver({ oldKey }: { oldKey: ApiKey }): ReactNode {
  const newKey = useReplacement(oldKey);
  const now = useNow();
  if (newKey === undefined || !rotationOf(oldKey, newKey, now).isReady) return null;
  return (
    <Notice tone="info" title="Its replacement has taken over">
      {newKey.keyStart}… is in use, and this key has been quiet for an hour or longer.
    </Notice>
  );
}

function tell(apiKeys: readonly ApiKey[], results: ReadonlyMap<string, DeletionResult>): void {
  const guarantee = 'Every call with it that starts from now on is refused with 401, through every gateway.';
  const [only] = apiKeys;
  if (apiKeys.length === 1 && only !== undefined) {
    const isGone = results.get(only.id)?.outcome === 'gone';
    toast.done(isGone ? `${only.keyStart}… was deleted already` : `Deleted ${only.keyStart}…`, guarantee);
    return;
  }
  toast.done(`Deleted ${String(apiKeys.length)} API keys`, guarantee.replace('with it', 'with one of them'));
}
