import { DatabaseError } from 'pg';
import { QueryRunnerAlreadyReleasedError } from 'typeorm';

/** SQLSTATE classes and codes with which a server says that it, not the statement, is the trouble. */
const SERVER_TROUBLE = /^(08...|53...|57P0[1-5]|57014|25P03|55P03|40001|40P01)$/;
/** What `pg` and `pg-pool` say themselves; they give these errors no code. */
const CLIENT_TROUBLE = /timeout|Connection terminated|connection error|not queryable|Client was closed/i;
const SOCKET_TROUBLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Whether PostgreSQL could not be asked, as opposed to having refused the statement. Such a failure may pass. */
export function isConnectionFailure(error: unknown): boolean {
  const cause = rootCause(error);
  if (!(cause instanceof Error)) return false;
  // TypeORM lets go of a connection that is lost between two statements, and says this at the second.
  if (cause instanceof QueryRunnerAlreadyReleasedError) return true;
  if (cause instanceof AggregateError) return cause.errors.some(isConnectionFailure);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  if (cause instanceof DatabaseError) return code !== undefined && SERVER_TROUBLE.test(code);
  return (code !== undefined && SOCKET_TROUBLE.has(code)) || CLIENT_TROUBLE.test(cause.message);
}

/** The name of the constraint that a statement has violated, or undefined for any other error. */
export function violatedConstraint(error: unknown): string | undefined {
  const cause = rootCause(error);
  return cause instanceof DatabaseError ? cause.constraint : undefined;
}

/** TypeORM wraps what the driver has thrown. */
function rootCause(error: unknown): unknown {
  return error instanceof Error && 'driverError' in error ? error.driverError : error;
}
