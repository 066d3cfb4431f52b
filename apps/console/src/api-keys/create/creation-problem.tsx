import type { ReactNode } from 'react';
import { ApiError, hasCode, requestIdOf } from '../../api/api-error.js';
import { FormProblem } from '../../ui/form-problem.js';
import { Notice } from '../../ui/notice.js';
import { RequestId } from '../../ui/request-id.js';

/** An earlier attempt got through although its answer did not: its secret is lost for ever. */
export function isLost(error: unknown): boolean {
  return hasCode(error, 'idempotency_key_reused') || hasCode(error, 'idempotency_key_mismatch');
}

/** @param props.error of the last attempt; null while there was none */
export function CreationProblem({ error }: { error: unknown }): ReactNode {
  if (isLost(error)) return <LostKey error={error} />;
  return (
    <>
      <FormProblem title={titleOf(error)} error={error} field="/note" />
      {isUnknown(error) && (
        <Notice tone="info">Create may be pressed again: there will never be a second key.</Notice>
      )}
    </>
  );
}

function LostKey({ error }: { error: unknown }): ReactNode {
  return (
    <Notice role="alert" tone="danger" title="The key was created, but it can never be shown">
      Your first attempt got through, and its answer was lost on the way. Close this, delete that key – it is
      the newest one in the list, and was never used – and create another one.
      <RequestId id={requestIdOf(error)} />
    </Notice>
  );
}

function isUnknown(error: unknown): boolean {
  return error instanceof ApiError && error.isTemporary && error.status !== 429;
}

function titleOf(error: unknown): string {
  if (isUnknown(error)) return 'It is not known whether the key was created';
  if (hasCode(error, 'already_replaced')) return 'It has a replacement already';
  if (hasCode(error, 'api_key_not_found')) return 'The old key was deleted in the meantime';
  if (hasCode(error, 'project_not_found')) return 'The project was deleted in the meantime';
  if (hasCode(error, 'limit_reached')) return 'This project has as many keys as it may have';
  return 'No key was created';
}
