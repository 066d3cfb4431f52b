import { ConfigError, loadConfig } from '#config';
import { OidcConfig } from './oidc.config.js';

class Config extends OidcConfig {
  readonly OPERATIONS_PORT = 9464;
}

const ISSUER = 'https://id.example.com/realms/main';
const load = (env: Record<string, string>): Config => loadConfig(Config, env);

/** What is said of it, without the introduction. */
function problem(env: Record<string, string>): string {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replace(/^.*:\n {2}/, '');
    throw error;
  }
  return 'no problem';
}

describe('without a provider', () => {
  it('nothing of it need be set', () => {
    expect(load({}).oidcIsConfigured).toBe(false);
  });

  it.each([
    [{ OIDC_AUDIENCE: 'api' }, 'OIDC_AUDIENCE needs OIDC_ISSUER'],
    [{ OIDC_CLIENT_ID: 'console' }, 'OIDC_CLIENT_ID needs OIDC_ISSUER'],
    [{ OIDC_CLIENT_SECRET: 'hunter2' }, 'OIDC_CLIENT_SECRET needs OIDC_ISSUER'],
  ])('%j is half a lock', (env: Record<string, string>, expected) => {
    expect(problem(env)).toBe(expected);
  });
});

describe('with a provider', () => {
  it.each([
    ['access tokens', { OIDC_AUDIENCE: 'api' }],
    ['the console', { OIDC_CLIENT_ID: 'console' }],
    ['the console with a secret', { OIDC_CLIENT_ID: 'console', OIDC_CLIENT_SECRET: 'hunter2' }],
    ['both', { OIDC_AUDIENCE: 'api', OIDC_CLIENT_ID: 'console' }],
  ])('it can be for %s', (_what, env: Record<string, string>) => {
    expect(load({ OIDC_ISSUER: ISSUER, ...env }).oidcIsConfigured).toBe(true);
  });

  it.each([
    [{}, 'OIDC_ISSUER needs OIDC_CLIENT_ID (for the console), OIDC_AUDIENCE (for access tokens) or both'],
    [{ OIDC_AUDIENCE: 'api', OIDC_CLIENT_SECRET: 'hunter2' }, 'OIDC_CLIENT_SECRET needs OIDC_CLIENT_ID'],
    [{ OIDC_AUDIENCE: 'one', OIDC_CLIENT_ID: 'one' }, 'OIDC_AUDIENCE must differ from OIDC_CLIENT_ID'],
  ])('%j does not do', (env: Record<string, string>, expected) => {
    expect(problem({ OIDC_ISSUER: ISSUER, ...env })).toBe(expected);
  });

  it.each([
    ISSUER,
    'https://id.example.com',
    'http://localhost:8080',
    'http://127.0.0.1:8080/x',
    'http://[::1]:1',
  ])('it may be %s', (issuer) => {
    expect(load({ OIDC_ISSUER: issuer, OIDC_AUDIENCE: 'api' }).OIDC_ISSUER).toBe(issuer);
  });

  it.each([
    'id.example.com',
    'http://id.example.com',
    'http://localhost.example.com',
    'ftp://localhost',
    'https://id.example.com/?realm=main',
    'https://id.example.com/#main',
  ])('it may not be %s', (issuer) => {
    expect(problem({ OIDC_ISSUER: issuer, OIDC_AUDIENCE: 'api' })).toBe(
      'OIDC_ISSUER must be an https URL without a query',
    );
  });
});

describe('OIDC_ALGORITHMS', () => {
  it('is of those with a public key, unless told otherwise', () => {
    expect(load({}).OIDC_ALGORITHMS).toBe('RS256,PS256,ES256,EdDSA');
    expect(load({ OIDC_ALGORITHMS: 'ES512, EdDSA' }).OIDC_ALGORITHMS).toBe('ES512, EdDSA');
  });

  it.each(['none', 'HS256', 'RS256,HS256', 'RS256,', 'rs256'])('may not be %s', (algorithms) => {
    expect(problem({ OIDC_ALGORITHMS: algorithms })).toMatch(/^OIDC_ALGORITHMS must be some of RS256, /);
  });
});

describe('the other variables', () => {
  it.each([
    ['OIDC_SCOPES', 'openid'],
    ['OIDC_SCOPES', 'openid profile https://example.com/roles'],
    ['OIDC_NAME', 'x'.repeat(50)],
    ['OIDC_ROLES_CLAIM', 'realm_access.roles'],
    ['OIDC_CLOCK_TOLERANCE_S', '0'],
    ['OIDC_CLOCK_TOLERANCE_S', '300'],
  ])('%s may be %s', (name, value) => {
    expect(problem({ [name]: value })).toBe('no problem');
  });

  it.each([
    ['OIDC_SCOPES', 'profile openid'],
    ['OIDC_SCOPES', 'openidprofile'],
    ['OIDC_SCOPES', 'openid\tprofile'],
    ['OIDC_NAME', 'x'.repeat(51)],
    ['OIDC_CLOCK_TOLERANCE_S', '-1'],
    ['OIDC_CLOCK_TOLERANCE_S', '301'],
    ['OIDC_CLOCK_TOLERANCE_S', '1.5'],
    ['OIDC_CLOCK_TOLERANCE_S', 'some'],
  ])('%s may not be %j', (name, value) => {
    expect(problem({ [name]: value })).toMatch(new RegExp(`^${name} `));
  });
});
