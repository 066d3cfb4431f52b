import type { LoggerService } from '@nestjs/common';
import type { Level, Logger } from 'pino';

/** Nest tells at length how it assembles the application; that is for whoever debugs the assembly. */
const FRAMEWORK = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'NestMicroservice',
  'RouterExplorer',
  'RoutesResolver',
]);

/**
 * Nest's `Logger` written by pino. In our code:
 *
 * ```ts
 * private readonly logger = new Logger(ApiKeysService.name);
 * this.logger.warn('Redis is back', { downMs });
 * this.logger.error('Could not fence', error, { keyId });
 * ```
 */
export class NestLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest puts the logger's name last; before it come stacks, errors and fields in any number. */
  private write(asked: Level, message: unknown, rest: unknown[]): void {
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    const level = asked === 'info' && context !== undefined && FRAMEWORK.has(context) ? 'debug' : asked;
    if (!this.pino.isLevelEnabled(level)) return;

    const fields: Record<string, unknown> = context === undefined ? {} : { context };
    const parts = context === undefined ? rest : rest.slice(0, -1);
    for (const part of [message, ...parts]) {
      if (part instanceof Error) fields['err'] = part;
      else if (typeof part === 'object' && part !== null) Object.assign(fields, part);
      else if (typeof part === 'string' && part !== message) fields['stack'] = part;
    }
    this.pino[level](fields, text(message));
  }
}

function text(message: unknown): string | undefined {
  if (message instanceof Error) return message.message;
  return typeof message === 'string' ? message : undefined;
}
