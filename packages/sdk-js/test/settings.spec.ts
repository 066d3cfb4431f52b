import { inspect } from 'node:util';
import { ConfigurationError, Traylinx, VERSION } from '../src/index.js';
import { readFileSync } from 'node:fs';
import { makeKey } from './keys.js';

const baseUrl = 'https://gateway.example';
const key = makeKey();

function failure(make: () => unknown): ConfigurationError {
  try {
    make();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('the key of a client', () => {
  it('comes from the environment, with the white space taken away', () => {
    const env = { TRAYLINX_API_KEY: ` ${key}\n`, TRAYLINX_BASE_URL: `${baseUrl}/\n` };
    expect(new Traylinx({ env }).toJSON()).toEqual({
      baseUrl,
      apiKey: `${key.slice(0, 8)}…`,
      adminToken: null,
    });
  });

  it('is rather the one that is passed', () => {
    const env = { TRAYLINX_API_KEY: makeKey(), TRAYLINX_BASE_URL: 'https://elsewhere.example' };
    const client = new Traylinx({ env, apiKey: key, baseUrl });
    expect(client.toJSON()).toMatchObject({ baseUrl, apiKey: `${key.slice(0, 8)}…` });
  });

  it.each([{}, { TRAYLINX_API_KEY: '' }, { TRAYLINX_API_KEY: ' \n' }])('is missed at once: %j', (env) => {
    expect(failure(() => new Traylinx({ env, baseUrl })).message).toMatch(/set TRAYLINX_API_KEY/);
  });

  it('may be missing when the client is for something else', () => {
    for (const options of [{ apiKey: null }, { adminToken: 'secret' }, { serviceToken: 'secret' }]) {
      expect(() => new Traylinx({ env: {}, baseUrl, ...options })).not.toThrow();
    }
  });

  it('is seen to be wrong at once, and not shown', () => {
    const env = { TRAYLINX_API_KEY: `${key}0`, TRAYLINX_BASE_URL: baseUrl };
    const error = failure(() => new Traylinx({ env }));
    expect(error.message).toMatch(/^TRAYLINX_API_KEY does not hold/);
    expect(inspect(error)).not.toContain(key.slice(8));
  });

  it('is seen by nobody who prints the client', () => {
    const client = new Traylinx({ env: {}, baseUrl, apiKey: key, adminToken: 'the-admin-token' });
    const printed = [
      inspect(client, { showHidden: true, depth: 10 }),
      inspect({ client }, { depth: 10 }),
      inspect(client.apiKeys, { showHidden: true, depth: 10 }),
      inspect(client, { customInspect: false, showHidden: true, depth: 10 }),
      JSON.stringify(client),
      JSON.stringify({ ...client }),
      Object.entries(client).join(),
    ].join('\n');
    expect(printed).not.toContain(key.slice(8));
    expect(printed).not.toContain('the-admin-token');
    expect(printed).toContain(`${key.slice(0, 8)}…`);
  });
});

describe('the admin token', () => {
  it('is never a project API key', () => {
    const error = failure(() => new Traylinx({ env: { TRAYLINX_ADMIN_TOKEN: key }, baseUrl }));
    expect(error.message).toMatch(/^TRAYLINX_ADMIN_TOKEN holds a project API key/);
    expect(error.message).not.toContain(key.slice(8));
  });

  it('has no white space inside', () => {
    const env = { TRAYLINX_ADMIN_TOKEN: 'a secret\ntoken' };
    expect(failure(() => new Traylinx({ env, baseUrl })).message).toMatch(/white space/);
  });

  it('is asked for by the first call that needs it', async () => {
    const client = new Traylinx({ env: {}, baseUrl, apiKey: key });
    await expect(client.projects.get('p')).rejects.toThrow(/set TRAYLINX_ADMIN_TOKEN/);
    const admin = new Traylinx({ env: {}, baseUrl, adminToken: 'secret' });
    await expect(admin.whoami()).rejects.toThrow(/set TRAYLINX_API_KEY/);
  });
});

describe('the address of the gateway', () => {
  it.each([
    [undefined, /set TRAYLINX_BASE_URL/],
    ['gateway.example', /begins with https/],
    ['gateway:8080', /begins with https/],
    ['ftp://gateway.example', /begins with https/],
    ['https://user:secret@gateway.example', /no user/],
    ['https://gateway.example/?a=1', /no user, password, query/],
  ])('is seen to be wrong at once: %j', (address, complaint) => {
    const env = address === undefined ? {} : { TRAYLINX_BASE_URL: address };
    const { message } = failure(() => new Traylinx({ env, apiKey: key }));
    expect(message).toMatch(complaint);
    expect(message).toContain('TRAYLINX_BASE_URL');
    expect(message).not.toContain('secret');
  });
});

describe('a browser', () => {
  const names = ['document', 'process'] as const;
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  beforeAll(() => {
    Object.defineProperty(globalThis, 'document', { value: {}, configurable: true });
    Object.defineProperty(globalThis, 'process', { value: { env: {}, versions: {} }, configurable: true });
  });
  afterAll(() => {
    names.forEach((name, index) => {
      const descriptor = before[index];
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    });
  });

  it('is refused unless told otherwise', () => {
    const options = { apiKey: key, baseUrl };
    expect(failure(() => new Traylinx(options)).message).toMatch(/everybody who opens the page/);
    expect(() => new Traylinx({ ...options, dangerouslyAllowBrowser: true })).not.toThrow();
  });
});

it.each([
  { timeoutMs: 0 },
  { timeoutMs: Number.NaN },
  { verifyTimeoutMs: -1 },
  { deleteTimeoutMs: Number.POSITIVE_INFINITY },
  { maxRetries: 1.5 },
  { maxRetries: 100 },
])('refuses %j', (options) => {
  const [name = ''] = Object.keys(options);
  expect(failure(() => new Traylinx({ env: {}, apiKey: key, baseUrl, ...options })).message).toContain(name);
});

it('says its own version', () => {
  const { version } = JSON.parse(readFileSync('packages/sdk-js/package.json', 'utf8')) as { version: string };
  expect(VERSION).toBe(version);
});
