import type { ReactNode } from 'react';
import { fieldProblemOf } from '../api/api-error.js';
import { ProblemPanel } from './problem-panel.js';

interface FormProblemProps {
  title: string;
  /** Of the last attempt; null while there was none. */
  error: unknown;
  /** JSON pointer of the field that shows its own problem. */
  field: string;
}

/** Why a form was not saved, unless the field in question says it already. */
export function FormProblem({ title, error, field }: FormProblemProps): ReactNode {
  if (error === null || fieldProblemOf(error, field) !== undefined) return null;
  return <ProblemPanel title={title} error={error} />;
}
