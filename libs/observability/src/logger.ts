import { pino, type DestinationStream, type Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { redactFields, redactText } from './redaction.js';
import { requestContext } from './request-context.js';
import { spanOf } from './traceparent.js';

export type { Logger } from 'pino';

export interface LogConfig {
  LOG_LEVEL: string;
  LOG_FORMAT: 'json' | 'pretty';
}

/** Causes are followed this far. */
const MAX_CAUSES = 5;

/**
 * The log of a service: one JSON object per line on standard output, or text for people. Each line carries
 * `requestId`, `traceId` and `spanId` while a request is being handled. Lines are written before the call
 * returns, so the last words of a dying process arrive.
 *
 * @param destination for tests; the default is standard output.
 */
export function createLogger(service: string, config: LogConfig, destination?: DestinationStream): Logger {
  const pretty = config.LOG_FORMAT === 'pretty' && destination === undefined;
  return pino(
    {
      level: config.LOG_LEVEL,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      serializers: { err: describeError },
      mixin: requestFields,
      hooks: { streamWrite: redactText },
    },
    destination ?? (pretty ? prettyStream() : pino.destination({ dest: 1, sync: true })),
  );
}

function requestFields(): object {
  const context = requestContext.getStore();
  return context === undefined ? {} : { requestId: context.requestId, ...spanOf(context.traceparent) };
}

/** An allow-list, because drivers hang queries, parameters and connection settings on their errors. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  return {
    type: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    stack: error.stack,
    ...(error instanceof AggregateError
      ? { errors: error.errors.slice(0, MAX_CAUSES).map((one: unknown) => describeError(one, depth + 1)) }
      : {}),
    ...(error.cause !== undefined && depth < MAX_CAUSES
      ? { cause: describeError(error.cause, depth + 1) }
      : {}),
  };
}

function prettyStream(): DestinationStream {
  return PinoPretty({ sync: true, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname,traceId,spanId' });
}
