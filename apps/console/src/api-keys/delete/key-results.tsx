import type { ReactNode } from 'react';
import { messageOf, requestIdOf } from '../../api/api-error.js';
import type { ApiKey } from '../../api/types.js';
import { RequestId } from '../../ui/request-id.js';
import { Time } from '../../ui/time.js';
import { useNow } from '../../ui/clock.js';
import { nameOf, verdictOf } from '../key-state.js';
import type { DeletionResult } from './use-deletions.js';
import classes from './delete.module.css';

interface KeyResultsProps {
  apiKeys: readonly ApiKey[];
  results: ReadonlyMap<string, DeletionResult>;
}

/** Each key with what became of it; before that, with the answer to "safe to delete?". */
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
  if (result === undefined) return <Verdict apiKey={apiKey} />;
  switch (result.outcome) {
    case 'deleted':
      return <span>✓ Deleted</span>;
    case 'gone':
      return <span>✓ Was deleted already</span>;
    case 'failed': {
      return (
        <>
          <span>✗ Not deleted</span>
          <span className={classes['problem']}>{messageOf(result.error)}</span>
          <RequestId id={requestIdOf(result.error)} />
        </>
      );
    }
  }
}

function Verdict({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { tone, title } = verdictOf(apiKey, useNow());
  return (
    <span className={classes['answer']} data-tone={tone}>
      <b>{title}</b>
      {apiKey.lastUsedAt !== null && (
        <>
          {' '}
          · last used <Time at={apiKey.lastUsedAt} />
        </>
      )}
    </span>
  );
}
