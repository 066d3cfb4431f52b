import { Logger as NestLoggerFront } from '@nestjs/common';
import { createLogger, NestLogger, requestContext, requestContextFrom, type Logger } from './index.js';

function capture(level = 'info'): { logger: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) };
  return {
    logger: createLogger('verification', { LOG_LEVEL: level, LOG_FORMAT: 'json' }, destination),
    lines,
  };
}

describe('a line of the log', () => {
  it('names the service, the level in words, and an ISO time', () => {
    const { logger, lines } = capture();
    logger.warn({ downMs: 12 }, 'Redis is back');
    expect(lines).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        service: 'verification',
        downMs: 12,
        msg: 'Redis is back',
      },
    ]);
  });

  it('is not written below the level', () => {
    const { logger, lines } = capture('warn');
    logger.info('hello');
    expect(lines).toEqual([]);
  });

  it('carries the request that is being handled, also after an await', async () => {
    const { logger, lines } = capture();
    const context = requestContextFrom({ requestId: 'order-66' });
    await requestContext.run(context, async () => {
      await Promise.resolve();
      logger.info('inside');
    });
    logger.info('outside');
    const [, traceId, spanId] = context.traceparent.split('-');
    expect(lines[0]).toMatchObject({ requestId: 'order-66', traceId, spanId });
    expect(lines[1]).not.toHaveProperty('requestId');
  });

  it('hides secrets wherever they stand', () => {
    const { logger, lines } = capture();
    const key = `tlx_${'k'.repeat(49)}`;
    logger.error(
      { headers: { authorization: 'Bearer word' }, err: new Error(`no ${key} at postgres://u:word@h`) },
      `presented ${key}`,
    );
    expect(JSON.stringify(lines)).not.toMatch(/word|kkkkkkkk/);
    expect(JSON.stringify(lines)).toContain('tlx_kkkk…');
  });

  it('tells of an error its type, message, code, stack and causes, and nothing else that hangs on it', () => {
    const { logger, lines } = capture();
    const cause = Object.assign(new TypeError('inner'), { parameters: ['a-hash'] });
    logger.error(
      { err: Object.assign(new Error('outer', { cause }), { code: 'E1', query: 'SELECT' }) },
      'failed',
    );
    expect(lines[0]?.['err']).toEqual({
      type: 'Error',
      message: 'outer',
      code: 'E1',
      stack: expect.stringContaining('outer') as string,
      cause: { type: 'TypeError', message: 'inner', stack: expect.stringContaining('inner') as string },
    });
  });

  it('is written although an error is its own cause', () => {
    const { logger, lines } = capture();
    const error = new Error('circle');
    error.cause = error;
    logger.error({ err: error }, 'failed');
    expect(lines).toHaveLength(1);
  });
});

describe("Nest's Logger", () => {
  const nest = (level = 'trace') => {
    const { logger, lines } = capture(level);
    NestLoggerFront.overrideLogger(new NestLogger(logger));
    return { front: new NestLoggerFront('ApiKeysService'), lines };
  };
  afterEach(() => {
    NestLoggerFront.overrideLogger(false);
  });

  it('writes its name, the message and fields', () => {
    const { front, lines } = nest();
    front.log('created', { keyId: 'k1' });
    expect(lines[0]).toMatchObject({ level: 'info', context: 'ApiKeysService', msg: 'created', keyId: 'k1' });
  });

  it('writes an error beside the message, or as the message', () => {
    const { front, lines } = nest();
    front.error('could not fence', new Error('gone'), { keyId: 'k1' });
    front.error(new Error('alone'));
    expect(lines[0]).toMatchObject({
      level: 'error',
      msg: 'could not fence',
      keyId: 'k1',
      err: { message: 'gone' },
    });
    expect(lines[1]).toMatchObject({ level: 'error', msg: 'alone', err: { message: 'alone' } });
  });

  it.each([
    ['fatal', 'fatal'],
    ['error', 'error'],
    ['warn', 'warn'],
    ['log', 'info'],
    ['debug', 'debug'],
    ['verbose', 'trace'],
  ] as const)('writes %s as %s', (method, level) => {
    const { front, lines } = nest();
    front[method]('text');
    expect(lines[0]).toMatchObject({ level, msg: 'text', context: 'ApiKeysService' });
  });

  it("keeps the framework's account of its start for debug", () => {
    const { lines } = nest('info');
    new NestLoggerFront('InstanceLoader').log('dependencies initialized');
    new NestLoggerFront('InstanceLoader').warn('but this matters');
    expect(lines.map((line) => line['msg'])).toEqual(['but this matters']);
  });
});
