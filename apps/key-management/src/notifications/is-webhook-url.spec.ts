import { ConfigError, loadConfig } from '#config';
import { randomBytes } from 'node:crypto';
import { KeyManagementConfig } from '../key-management.config.js';

const NEEDED = { DATABASE_URL: 'postgres://user:pass@127.0.0.1/db', REDIS_URL: 'redis://127.0.0.1' };
const WEBHOOK_SECRET = `whsec_${randomBytes(24).toString('base64')}`;

function problem(env: Record<string, string>): string | undefined {
  try {
    loadConfig(KeyManagementConfig, { ...NEEDED, WEBHOOK_SECRET, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return undefined;
}

describe('WEBHOOK_URL', () => {
  it.each([
    'https://hooks.example.com/T000/secret?x=1',
    'https://10.0.0.7:8443/',
    'http://localhost:8080/hook',
    'http://127.0.0.1/hook',
    'http://[::1]:8080/hook',
  ])('may be %s', (url) => {
    expect(problem({ WEBHOOK_URL: url })).toBeUndefined();
  });

  it.each([
    ['http://hooks.example.com/', /must start with https/],
    ['http://127.0.0.1.example.com/', /must start with https/],
    ['http://localhost.example.com/', /must start with https/],
    ['ftp://hooks.example.com/', /must be a URL/],
    ['hooks.example.com', /must be a URL/],
    ['https://user:hunter2@hooks.example.com/', /must not hold a user name/],
  ])('may not be %s, and the value is not quoted', (url, message) => {
    expect(problem({ WEBHOOK_URL: url })).toMatch(message);
    expect(problem({ WEBHOOK_URL: url })).not.toMatch(/example|hunter2/);
  });

  it('may be plain HTTP when that is asked for', () => {
    expect(problem({ WEBHOOK_URL: 'http://receiver:8080/', WEBHOOK_ALLOW_HTTP: 'true' })).toBeUndefined();
  });

  it('needs a secret', () => {
    expect(problem({ WEBHOOK_URL: 'https://hooks.example.com/', WEBHOOK_SECRET: '' })).toMatch(
      /WEBHOOK_SECRET/,
    );
  });
});

describe('WEBHOOK_SECRET', () => {
  it.each([24, 25, 26, 64])('may have %p bytes', (bytes) => {
    expect(problem({ WEBHOOK_SECRET: `whsec_${randomBytes(bytes).toString('base64')}` })).toBeUndefined();
  });

  it.each(['hunter2', `whsec_${'A'.repeat(31)}`, `whsec_${randomBytes(23).toString('base64')}=`, 'whsec_'])(
    'may not be %s',
    (secret) => {
      expect(problem({ WEBHOOK_SECRET: secret })).toMatch(/WEBHOOK_SECRET must be whsec_/);
    },
  );
});
