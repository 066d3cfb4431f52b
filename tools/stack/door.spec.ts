import { doorEnvironment, localUrl, parseHost, urlForOthers } from './door.mjs';

const address = (value: string, internal: boolean, family: 'IPv4' | 'IPv6' = 'IPv4') =>
  ({ address: value, internal, family }) as never;
const INTERFACES = {
  lo: [address('127.0.0.1', true)],
  eth0: [address('fe80::1', false, 'IPv6'), address('192.0.2.7', false)],
};

it.each([
  ['127.0.0.1', 'http://127.0.0.1:8080', undefined],
  ['127.0.0.2', 'http://127.0.0.2:8080', undefined],
  ['::1', 'http://[::1]:8080', undefined],
  ['192.0.2.8', 'http://192.0.2.8:8080', 'http://192.0.2.8:8080'],
  ['2001:db8::8', 'http://[2001:db8::8]:8080', 'http://[2001:db8::8]:8080'],
  ['0.0.0.0', 'http://127.0.0.1:8080', 'http://192.0.2.7:8080'],
  ['::', 'http://127.0.0.1:8080', 'http://192.0.2.7:8080'],
])('a gateway on %s is reached here at %s, and from other machines at %s', (host, here, there) => {
  expect(localUrl(host, 8080)).toBe(here);
  expect(urlForOthers(host, 8080, INTERFACES)).toBe(there);
});

it('has no address for others on a machine without one', () => {
  expect(urlForOthers('0.0.0.0', 8080, { lo: INTERFACES.lo })).toBeUndefined();
});

it('lets browsers keep a session at the address that others use, unless PUBLIC_URL says something else', () => {
  expect(doorEnvironment('192.0.2.8', 8080, {})).toEqual({
    HOST: '192.0.2.8',
    PORT: '8080',
    PUBLIC_URL: 'http://192.0.2.8:8080',
  });
  const PUBLIC_URL = 'https://keys.example.com';
  expect(doorEnvironment('192.0.2.8', 8080, { PUBLIC_URL })).toMatchObject({ PUBLIC_URL });
  expect(doorEnvironment('127.0.0.1', 8080, {})).toEqual({ HOST: '127.0.0.1', PORT: '8080' });
});

it('takes addresses alone, and nothing for an empty variable', () => {
  expect(parseHost('0.0.0.0')).toBe('0.0.0.0');
  expect(parseHost('')).toBeUndefined();
  expect(parseHost(undefined)).toBeUndefined();
  for (const wrong of ['localhost', '0.0.0.0:8080', '*', '192.0.2.256']) {
    expect(() => parseHost(wrong)).toThrow('IP address');
  }
});
