import type { IncomingHttpHeaders } from 'node:http';
import type { CookieKind } from './browser-address.js';

interface CookieOptions {
  kind: CookieKind;
  sameSite: 'Strict' | 'Lax';
  /** Seconds; without it, until the browser is closed. */
  maxAgeS?: number;
}

/** Whether a cookie is one of ours. All of them begin like this. */
export function isOwnCookie(name: string): boolean {
  return /^(?:__Host-)?traylinx-/.test(name);
}

/** `__Host-`: no other host, no subdomain and no page of plain http can set it. Not for `plain`: browsers would drop it. */
function nameFor(name: string, kind: CookieKind): string {
  return kind === 'secure' ? `__Host-${name}` : name;
}

/** A `Set-Cookie` header. @param value of characters that need no encoding */
export function setCookie(name: string, value: string, { kind, sameSite, maxAgeS }: CookieOptions): string {
  return [
    `${nameFor(name, kind)}=${value}`,
    'Path=/',
    'HttpOnly',
    ...(kind === 'secure' ? ['Secure'] : []),
    `SameSite=${sameSite}`,
    ...(maxAgeS === undefined ? [] : [`Max-Age=${String(maxAgeS)}`]),
  ].join('; ');
}

export function clearCookie(name: string, options: CookieOptions): string {
  return setCookie(name, '', { ...options, maxAgeS: 0 });
}

/** Its value, when there is one that is not empty. A name that is there twice counts as none: one of them is not ours. */
export function readCookie(
  { cookie = '' }: IncomingHttpHeaders,
  name: string,
  kind: CookieKind,
): string | undefined {
  const start = `${nameFor(name, kind)}=`;
  const values = cookie
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(start))
    .map((part) => part.slice(start.length));
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}
