import { sourceAddress } from './source-address.js';

describe('the source address of a request', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['192.0.2.1:55123', '192.0.2.1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
  ])('%s is kept as %s', (ip, kept) => {
    expect(sourceAddress(ip)).toBe(kept);
  });

  it.each(['', 'unknown', 'unix:', '_hidden', '1.2.3', '1.2.3.4.5:80', '192.0.2.1/24'])(
    '%p is none',
    (ip) => {
      expect(sourceAddress(ip)).toBeNull();
    },
  );
});
