import { loadConfig } from '#config';
import { KeyManagementConfig } from './key-management.config.js';

const load = (env: Record<string, string> = {}): KeyManagementConfig =>
  loadConfig(KeyManagementConfig, {
    DATABASE_URL: 'postgres://role:password@127.0.0.1:5432/traylinx',
    REDIS_URL: 'redis://user:password@redis:6379',
    ...env,
  });

describe('KeyManagementConfig', () => {
  it('waits for F + L + margin: 11.5 s unless told otherwise', () => {
    expect(load().fenceWaitMs).toBe(11_500);
    const changed = { FILL_TOKEN_LIFETIME_MS: '900', ENTRY_LIFETIME_MS: '5000', FENCE_MARGIN_MS: '200' };
    expect(load(changed).fenceWaitMs).toBe(6_100);
  });

  it.each([
    ['ENTRY_LIFETIME_MS', '999'],
    ['ENTRY_LIFETIME_MS', '12001'],
    ['FENCE_MARGIN_MS', '99'],
    ['FENCE_MARGIN_MS', '5001'],
    ['FENCE_TIMEOUT_MS', '9'],
    ['FENCE_TIMEOUT_MS', '2001'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => load({ [name]: value })).toThrow(name);
  });

  it('refuses lifetimes with which a deletion would not be answered in time', () => {
    const longest = { FILL_TOKEN_LIFETIME_MS: '1000', ENTRY_LIFETIME_MS: '11500' };
    expect(load({ ...longest, FENCE_MARGIN_MS: '500' }).fenceWaitMs).toBe(13_000);
    expect(() => load({ ...longest, FENCE_MARGIN_MS: '501' })).toThrow(/must add up to at most 13000/);
  });
});
