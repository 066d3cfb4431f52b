import { loadConfig } from '#config';
import { KeyFenceConfig } from './key-fence.config.js';

class ExampleConfig extends KeyFenceConfig {
  OPERATIONS_PORT = 9999;
}

const load = (env: Record<string, string> = {}): ExampleConfig =>
  loadConfig(ExampleConfig, {
    DATABASE_URL: 'postgres://role:password@127.0.0.1:5432/traylinx',
    REDIS_URL: 'redis://user:password@redis:6379',
    ...env,
  });

describe('KeyFenceConfig', () => {
  it.each([
    ['FILL_TOKEN_LIFETIME_MS', '799'],
    ['FILL_TOKEN_LIFETIME_MS', '5001'],
    ['FILL_TOKEN_LIFETIME_MS', '1000.5'],
    ['REVOCATION_FENCE', 'none'],
    ['REDIS_URL', 'http://127.0.0.1:6379'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => load({ [name]: value })).toThrow(name);
  });
});
