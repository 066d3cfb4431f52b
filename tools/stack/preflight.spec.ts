import { isOlder } from './node-version.mjs';
import { isRecentEnough, refuseUnsupportedSystem } from './preflight.mjs';
import { programs } from './programs.mjs';

describe('the system', () => {
  it.each([
    ['debian', '12', true],
    ['debian', '13', true],
    ['debian', '', true],
    ['debian', '11', false],
    ['ubuntu', '22.04', true],
    ['ubuntu', '24.10', true],
    ['ubuntu', '20.04', false],
    ['linuxmint', '21', true],
  ])('%s %s is supported: %s', (id, version, expected) => {
    expect(isRecentEnough({ id, version })).toBe(expected);
  });

  it('has a package of NATS since Ubuntu 24.04', () => {
    const since = programs['nats-server']?.packagedSince;
    expect(isRecentEnough({ id: 'ubuntu', version: '22.04' }, since)).toBe(false);
    expect(isRecentEnough({ id: 'ubuntu', version: '24.04' }, since)).toBe(true);
    expect(isRecentEnough({ id: 'debian', version: '12' }, since)).toBe(true);
  });

  it('is refused with what is lacking and where the stack runs, when there is no way to a store', () => {
    const env = {
      PATH: '/nowhere',
      DATABASE_URL: 'postgres://somewhere',
      REDIS_SERVER_BIN: process.execPath,
    };
    expect(() => refuseUnsupportedSystem({ env, cacheDirectory: '/nowhere' })).toThrow(
      /No way to get NATS on this.*Debian 12.*NATS_URL/s,
    );
  });

  it('may be any when the servers run already', () => {
    const urls = {
      DATABASE_URL: 'postgres://a',
      REDIS_URL: 'redis://b',
      SESSION_REDIS_URL: 'redis://b/1',
      NATS_URL: 'nats://c',
    };
    expect(() => refuseUnsupportedSystem({ env: { PATH: '/nowhere', ...urls } })).not.toThrow();
  });
});

describe('the version of Node', () => {
  it.each([
    ['18.20.4', '20.19', true],
    ['20.9.0', '20.19', true],
    ['20.19.0', '20.19', false],
    ['24.0.0', '20.19', false],
    ['20.19.0-rc.1', '20.19', false],
  ])('%s is older than %s: %s', (version, required, expected) => {
    expect(isOlder(version, required)).toBe(expected);
  });
});
