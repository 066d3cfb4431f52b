import { clearCookie, readCookie, setCookie } from './cookies.js';

describe('a cookie', () => {
  it('of a secure address has the prefix that keeps other hosts from setting it', () => {
    expect(setCookie('session', 'x', { kind: 'secure', sameSite: 'Strict' })).toBe(
      '__Host-session=x; Path=/; HttpOnly; Secure; SameSite=Strict',
    );
    expect(setCookie('state', 'x', { kind: 'plain', sameSite: 'Lax', maxAgeS: 60 })).toBe(
      'state=x; Path=/; HttpOnly; SameSite=Lax; Max-Age=60',
    );
    expect(clearCookie('session', { kind: 'secure', sameSite: 'Strict' })).toMatch(
      /^__Host-session=; .*; Max-Age=0$/,
    );
  });

  it.each([
    ['__Host-session=x', 'x'],
    ['a=b; __Host-session=x ;c=d', 'x'],
    ['__Host-session=', undefined],
    ['session=x', undefined],
    ['a__Host-session=x', undefined],
    ['__Host-session=x; __Host-session=y', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('is read from %j as %j', (cookie, expected) => {
    expect(readCookie(cookie === undefined ? {} : { cookie }, 'session', 'secure')).toBe(expected);
  });

  it('of one kind is not taken for one of the other', () => {
    expect(readCookie({ cookie: '__Host-session=x' }, 'session', 'plain')).toBeUndefined();
    expect(readCookie({ cookie: 'session=x' }, 'session', 'plain')).toBe('x');
  });
});
