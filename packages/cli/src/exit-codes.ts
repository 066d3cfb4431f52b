import {
  ApiError,
  AuthenticationError,
  ConfigurationError,
  ConflictError,
  ConnectionError,
  InvalidRequestError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  UnexpectedAnswerError,
} from '@traylinx/sdk';

/** What a script can branch on. The README and `--help` list them. */
export const EXIT_CODES = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  notFound: 4,
  conflict: 5,
  unavailable: 6,
  /** `--dry-run` and `--fail-if-any`: there is something. */
  found: 10,
  interrupted: 130,
  /** As for programs that SIGPIPE ends. */
  closedPipe: 141,
} as const;

export const EXIT_CODES_HELP = `
Exit codes:
  0    done
  1    failed
  2    wrong usage, or a setting is missing or wrong
  3    refused: the credential or the key is not good, or lacks the right
  4    there is no such key or project
  5    in the way of something else (a project with keys, a key with a replacement)
  6    the gateway cannot be reached or cannot know now: try again later
  10   --dry-run, --fail-if-any: there are such keys
  130  Ctrl+C
  141  the reader of the output has gone`;

/** An end that the command itself has come to; its message is for people. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT_CODES.usage,
  ) {
    super(message);
  }
}

const BY_CLASS = [
  [ConfigurationError, EXIT_CODES.usage],
  [InvalidRequestError, EXIT_CODES.usage],
  [AuthenticationError, EXIT_CODES.refused],
  [PermissionDeniedError, EXIT_CODES.refused],
  [NotFoundError, EXIT_CODES.notFound],
  [ConflictError, EXIT_CODES.conflict],
  [RateLimitError, EXIT_CODES.unavailable],
  [ServerError, EXIT_CODES.unavailable],
  [ConnectionError, EXIT_CODES.unavailable],
  [UnexpectedAnswerError, EXIT_CODES.unavailable],
] as const;

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  return BY_CLASS.find(([type]) => error instanceof type)?.[1] ?? EXIT_CODES.failed;
}

/** @returns what people are told, with what to do about it */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const advice = error instanceof ApiError ? adviceFor(error) : '';
  return error.message + advice;
}

function adviceFor(error: ApiError): string {
  const fields = error.errors.map(({ pointer, message }) => `\n  ${pointer} ${message}`).join('');
  if (error.code?.startsWith('admin_credential')) {
    return `${fields}\nSign in with \`traylinx-keys login\`, or set TRAYLINX_ADMIN_TOKEN.`;
  }
  if (error.code === 'route_not_found') {
    return '\nIs that the address of the gateway (see --base-url), and is it as new as this command?';
  }
  if (error.code === 'idempotency_key_reused') {
    return `${fields}\nIts answer was lost on the way. Delete it: traylinx-keys delete ${String(error.problem?.['keyId'])}`;
  }
  if (error instanceof RateLimitError) return `${fields}\nWait a moment and try again.`;
  return fields;
}
