import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { GatewayConfig } from '../gateway.config.js';
import { BrowserAddress } from './browser-address.js';

const PUBLIC = 'https://keys.example.com';

const addressOf = (publicUrl?: string): BrowserAddress =>
  new BrowserAddress(
    Object.assign(new GatewayConfig(), publicUrl === undefined ? {} : { PUBLIC_URL: publicUrl }),
  );

/** As Fastify sees it: behind a trusted proxy, what the proxy says. */
function requestTo(url: string): Parameters<BrowserAddress['cookieKind']>[0] {
  const { protocol, host, hostname } = new URL(url);
  return { headers: {}, host, hostname, protocol: protocol === 'https:' ? 'https' : 'http' };
}

let warn: jest.SpiedFunction<Logger['warn']>;

beforeEach(() => {
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
});

afterEach(() => {
  warn.mockRestore();
});

describe('a session', () => {
  it.each([
    ['https://keys.example.com', 'secure'],
    ['https://10.0.0.1:8443', 'secure'],
    ['http://localhost:8080', 'secure'],
    ['http://console.localhost:8080', 'secure'],
    ['http://127.0.0.1:8080', 'secure'],
    ['http://127.1.2.3', 'secure'],
    ['http://[::1]:8080', 'secure'],
    ['http://10.0.0.1:8080', undefined],
    ['http://keys.example.com', undefined],
    ['http://localhost.example.com', undefined],
    ['http://1127.0.0.1.example.com', undefined],
  ])('of %s, when nothing else is known, has the cookie: %s', (url, kind) => {
    expect(addressOf().cookieKind(requestTo(url))).toBe(kind);
  });

  it.each([
    [PUBLIC, 'secure'],
    ['http://keys.internal', 'plain'],
    ['http://localhost:8080', 'plain'],
  ])('with PUBLIC_URL=%s has the cookie %s, whatever the request says', (publicUrl, kind) => {
    for (const url of ['http://10.0.0.1:8080', 'https://other.example', 'http://localhost:1']) {
      expect(addressOf(publicUrl).cookieKind(requestTo(url))).toBe(kind);
    }
  });

  it('that can be read on the way is warned of when the gateway starts', () => {
    for (const fine of [undefined, PUBLIC, 'http://localhost:8080', 'http://127.0.0.1']) addressOf(fine);
    expect(warn).not.toHaveBeenCalled();
    addressOf('http://keys.internal');
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('PUBLIC_URL is plain http'));
  });
});

describe('a request that changes something', () => {
  const REQUEST = 'http://10.0.0.1:8080';

  it.each([
    ['no PUBLIC_URL, and the origin that was asked', undefined, REQUEST, REQUEST, true],
    [
      'no PUBLIC_URL, and that origin in capitals',
      undefined,
      'http://LOCALHOST:1',
      'http://localhost:1',
      true,
    ],
    ['no PUBLIC_URL, and another host', undefined, REQUEST, 'http://10.0.0.2:8080', false],
    ['no PUBLIC_URL, and another port', undefined, REQUEST, 'http://10.0.0.1:8081', false],
    ['no PUBLIC_URL, and another protocol', undefined, REQUEST, 'https://10.0.0.1:8080', false],
    ['no PUBLIC_URL, and a page without an origin', undefined, REQUEST, 'null', false],
    ['PUBLIC_URL, and its origin', PUBLIC, REQUEST, PUBLIC, true],
    ['PUBLIC_URL with a slash at its end, and its origin', `${PUBLIC}/`, REQUEST, PUBLIC, true],
    ['PUBLIC_URL, and only what was asked', PUBLIC, REQUEST, REQUEST, false],
    [
      'PUBLIC_URL, and the origin of the machine itself',
      PUBLIC,
      'http://localhost:1',
      'http://localhost:1',
      true,
    ],
    [
      'PUBLIC_URL, and the machine asked by another page',
      PUBLIC,
      'http://localhost:1',
      'http://localhost:2',
      false,
    ],
  ])('with %s', (_what, publicUrl, url, origin, isOurs) => {
    const request = { ...requestTo(url), host: url.split('//')[1] ?? '' };
    expect(addressOf(publicUrl).isOurs(request, origin)).toBe(isOurs);
  });
});

it('the provider sends browsers back to PUBLIC_URL, or to where they came from', () => {
  expect(addressOf(`${PUBLIC}/`).originFor(requestTo('http://10.0.0.1:8080'))).toBe(PUBLIC);
  expect(addressOf().originFor({ ...requestTo('http://localhost:8080'), host: 'LocalHost:8080' })).toBe(
    'http://localhost:8080',
  );
});
