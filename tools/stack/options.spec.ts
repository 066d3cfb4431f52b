import { parseOptions, replicaFlags } from './options.mjs';

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
  ])('is refused when it says %s %s', (...args) => {
    expect(() => parseOptions(['up', ...args])).toThrow();
  });

  it('says the same replicas again to the process in the background', () => {
    const replicas = { gateway: 2, 'usage-tracking': 3 } as const;
    expect(parseOptions(['background', ...replicaFlags(replicas)]).replicas).toEqual(replicas);
  });
});
