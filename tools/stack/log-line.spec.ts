import { formatLine } from './log-line.mjs';

describe('a line of a log, as people read it', () => {
  it('has time, level, message and the other fields', () => {
    const entry = {
      level: 'warn',
      time: '2026-11-22T21:50:37.913Z',
      service: 'gateway',
      requestId: 'r1',
      ms: 7,
      msg: 'Slow',
    };
    expect(formatLine(JSON.stringify(entry))).toBe('21:50:37.913 WARN  Slow requestId=r1 ms=7');
  });

  it('shows a stack with its line breaks', () => {
    const entry = {
      level: 'error',
      time: '2026-11-22T21:50:37.913Z',
      msg: 'No',
      err: { stack: 'Error: x\n    at y' },
    };
    expect(formatLine(JSON.stringify(entry))).toContain('\n    at y');
  });

  it.each(['[12] LOG:  ready', '{"cut":', '{"other":"json"}', '{"time":1,"level":2}', ''])(
    'is left alone: %s',
    (line) => {
      expect(formatLine(line)).toBe(line);
    },
  );
});
