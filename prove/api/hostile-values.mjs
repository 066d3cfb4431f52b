// What people and programs send that nobody has asked for.

/** As texts, wherever one can stand. */
export const HOSTILE_TEXTS = [
  '',
  ' ',
  '.',
  '..',
  'null',
  'undefined',
  'true',
  '-1',
  '0x10',
  '1e309',
  'NaN',
  '[object Object]',
  `' OR 1=1 --`,
  `'; DROP TABLE api_keys; --`,
  '../../../etc/passwd',
  '%00',
  '%',
  '\u0000',
  'a\r\nX-Injected: 1',
  '\u202etxt',
  '\ud800',
  'ﷺ'.repeat(60),
  '🔑',
  '<script>alert(1)</script>',
  '${7*7}{{7*7}}',
  '__proto__',
  'constructor',
  'x'.repeat(300),
  'x'.repeat(9_000),
  '2030-02-30T00:00:00Z',
  '9999-12-31T23:59:59Z',
  'tlx_',
];

/** As values of JSON. @type {unknown[]} */
export const HOSTILE_VALUES = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  [],
  [[]],
  {},
  { $ne: null },
  { toString: 'x' },
  ['a', 'b'],
];

/** As bodies that are no JSON of ours, if JSON at all. */
export const HOSTILE_BODIES = [
  '',
  '{',
  'null',
  '[]',
  '"x"',
  '5',
  '{"a":1}{"b":2}',
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{}}}',
  '\u0000',
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `{"name":"${'x'.repeat(70_000)}"}`,
  '{"name":"\\ud800"}',
  '{"key":1e999}',
];

export const HOSTILE_TYPES = [
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-7',
  ';;;',
  '',
];

/** What is no HTTP, or hardly. Each is a whole request. */
export const HOSTILE_BYTES = [
  'HELLO\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  'GET /v1/projects HTTP/1.1\r\nConnection: close\r\n\r\n',
  'GET /v1/auth HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n',
  'POST /v1/projects HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /v1/projects HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: -5\r\n\r\n',
  'GET /v1/auth HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: tea\r\n\r\n',
  `GET /v1/auth HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Large: ${'x'.repeat(65_536)}\r\n\r\n`,
  'GET /v1/auth HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-\u0000: 1\r\n\r\n',
  'GET http://other.example/v1/projects HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'GET // HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
];
