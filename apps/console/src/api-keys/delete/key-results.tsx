import type { ReactNode } from 'react';
import { messageOf, requestIdOf } from '../../api/api-error.js';
import type { ApiKey } from '../../api/types.js';
import { Time } from '../../ui/time.js';
import { nameOf } from '../key-state.js';
import type { DeletionResult } from './use-deletions.js';
import classes from './delete.module.css';

interface KeyResultsProps {
  apiKeys: readonly ApiKey[];
  results: ReadonlyMap<string, DeletionResult>;
}

/** Each key with what became of it; before that, with its last use. */
export function KeyResults({ apiKeys, results }: KeyResultsProps): ReactNode {
  return (
    // It scrolls, so the keyboard must get there.
    <ul className={classes['results']} tabIndex={0} aria-label="API keys to delete" aria-live="polite">
      {apiKeys.map((apiKey) => (
        <li key={apiKey.id}>
          <span>{nameOf(apiKey)}</span>
          <Result apiKey={apiKey} result={results.get(apiKey.id)} />
        </li>
      ))}
    </ul>
  );
}

function Result({ apiKey, result }: { apiKey: ApiKey; result: DeletionResult | undefined }): ReactNode {
  if (result === undefined) {
    return apiKey.lastUsedAt === null ? (
      <span>Never used</span>
    ) : (
      <span>
        Last used <Time at={apiKey.lastUsedAt} />
      </span>
    );
  }
  switch (result.outcome) {
    case 'deleted':
      return <span>✓ Deleted</span>;
    case 'gone':
      return <span>✓ Was deleted already</span>;
    case 'failed': {
      const requestId = requestIdOf(result.error);
      return (
        <>
          <span>✗ Not deleted</span>
          <span className={classes['problem']}>
            {messageOf(result.error)} {requestId !== null && `Request id: ${requestId}`}
          </span>
        </>
      );
    }
  }
}
