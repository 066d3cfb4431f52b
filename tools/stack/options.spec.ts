import { flagsOf, parseOptions } from './options.mjs';

describe('the command line', () => {
  it('names a command, its argument and its flags', () => {
    expect(parseOptions(['up', '--detach', '--verification', '2', '--gateway=3'])).toMatchObject({
      command: 'up',
      detach: true,
      replicas: { verification: 2, gateway: 3 },
    });
    expect(parseOptions(['logs', 'gateway', '-f'])).toMatchObject({
      command: 'logs',
      argument: 'gateway',
      follow: true,
    });
    expect(parseOptions([])).toMatchObject({ command: 'help', replicas: {} });
  });

  it.each([
    ['--gateway', '0'],
    ['--gateway', '17'],
    ['--gateway', 'two'],
    ['--gateway=1.5'],
    ['--nonsense'],
    ['a', 'b'],
    ['--host', 'localhost'],
  ])('is refused when it says %s %s', (...args) => {
    expect(() => parseOptions(['up', ...args])).toThrow();
  });

  it('says the same again to the process in the background', () => {
    const options = { replicas: { gateway: 2, 'usage-tracking': 3 }, host: '0.0.0.0' } as const;
    expect(parseOptions(['background', ...flagsOf(options)])).toMatchObject(options);
  });

  it('lets nobody else in unless --host or TRAYLINX_HOST says so', () => {
    expect(parseOptions(['start'], {}).host).toBeUndefined();
    expect(parseOptions(['start'], { TRAYLINX_HOST: '0.0.0.0' }).host).toBe('0.0.0.0');
    expect(parseOptions(['start', '--host', '::'], { TRAYLINX_HOST: '0.0.0.0' }).host).toBe('::');
  });
});
