import { useState } from 'react';
import { hasCode } from '../../api/api-error.js';
import { gateway } from '../../api/gateway.js';
import type { ApiKey } from '../../api/types.js';
import { useSubmission } from '../../ui/use-submission.js';

export type DeletionResult = { outcome: 'deleted' | 'gone' } | { outcome: 'failed'; error: unknown };

interface Deletions {
  isBusy: boolean;
  results: ReadonlyMap<string, DeletionResult>;
  /** Deletes those that are not deleted yet. */
  start: () => void;
}

const AT_ONCE = 4;

/** Deletes keys, a few at a time, and tells for each what became of it. Nothing is removed before the gateway says so. */
export function useDeletions(
  apiKeys: readonly ApiKey[],
  onEnd: (results: ReadonlyMap<string, DeletionResult>) => Promise<void>,
): Deletions {
  const [results, setResults] = useState<ReadonlyMap<string, DeletionResult>>(new Map());
  const { isBusy, submit } = useSubmission(async () => {
    const done = new Map([...results].filter(([, { outcome }]) => outcome !== 'failed'));
    const waiting = apiKeys.filter(({ id }) => !done.has(id));
    const work = async (): Promise<void> => {
      for (let apiKey = waiting.shift(); apiKey !== undefined; apiKey = waiting.shift()) {
        done.set(apiKey.id, await deleteOne(apiKey));
        setResults(new Map(done));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await onEnd(done);
  });
  return { isBusy, results, start: submit };
}

async function deleteOne(apiKey: ApiKey): Promise<DeletionResult> {
  try {
    await gateway.deleteApiKey(apiKey);
    return { outcome: 'deleted' };
  } catch (error) {
    // Somebody else was first: it is as dead as it was to be.
    return hasCode(error, 'api_key_not_found') ? { outcome: 'gone' } : { outcome: 'failed', error };
  }
}
