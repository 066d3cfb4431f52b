import { loadConfig } from '#config';
import { GatewayConfig } from './gateway.config.js';

const load = (TRUSTED_PROXIES: string): GatewayConfig =>
  loadConfig(GatewayConfig, {
    ADMIN_TOKEN: 'a'.repeat(32),
    SESSION_REDIS_URL: 'redis://127.0.0.1:6379',
    TRUSTED_PROXIES,
  });

describe('TRUSTED_PROXIES', () => {
  it.each(['10.0.0.1', '10.0.0.0/8, 2001:db8::/32', 'loopback,uniquelocal', '::1'])(
    'may be %s',
    (proxies) => {
      expect(load(proxies).TRUSTED_PROXIES).toBe(proxies);
    },
  );

  it.each(['nonsense', '10.0.0.0/33', '10.0.0.0/0', '10.0.0.0/', 'proxy.example', '10.0.0.1,', 'true'])(
    'may not be %s, and the error names the variable and not the value',
    (proxies) => {
      const message = 'TRUSTED_PROXIES must be addresses or CIDR ranges, separated by commas';
      expect(() => load(proxies)).toThrow(`The configuration is not valid:\n  ${message}`);
      expect(() => load(proxies)).not.toThrow(proxies);
    },
  );
});
