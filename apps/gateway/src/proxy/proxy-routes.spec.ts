import { loadConfig } from '#config';
import { GatewayConfig } from '../gateway.config.js';
import { parseProxyRoutes } from './proxy-routes.js';

const load = (GATEWAY_ROUTES: string): GatewayConfig =>
  loadConfig(GatewayConfig, {
    ADMIN_TOKEN: 'a'.repeat(32),
    SESSION_REDIS_URL: 'redis://127.0.0.1:6379',
    GATEWAY_ROUTES,
  });
const routes = (...list: unknown[]): string => JSON.stringify(list);
const upstream = 'http://agents:3000';

describe('GATEWAY_ROUTES', () => {
  it.each([
    ['http://agents:3000', 'http://agents:3000'],
    ['http://agents:3000/', 'http://agents:3000'],
    ['https://agents.example/base/v2/', 'https://agents.example/base/v2'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['http://10.0.0.1:8081/agents', 'http://10.0.0.1:8081/agents'],
  ])('takes %s', (address, expected) => {
    const text = routes({ prefix: '/agents', upstream: address });
    expect(load(text).GATEWAY_ROUTES).toBe(text);
    expect(parseProxyRoutes(text)).toEqual([{ prefix: '/agents', upstream: expected }]);
  });

  it('takes a prefix below another one', () => {
    const text = routes({ prefix: '/agents', upstream }, { prefix: '/agents/v2', upstream });
    expect(parseProxyRoutes(text).map(({ prefix }) => prefix)).toEqual(['/agents', '/agents/v2']);
  });

  it.each<[text: string, message: string]>([
    ['nonsense', 'GATEWAY_ROUTES must be a JSON list of 1 to 100 routes'],
    ['{}', 'GATEWAY_ROUTES must be a JSON list'],
    ['[]', 'GATEWAY_ROUTES must be a JSON list'],
    [routes(...Array.from({ length: 101 }, () => 1)), 'GATEWAY_ROUTES must be a JSON list'],
    [routes('/agents'), 'GATEWAY_ROUTES[0] must be an object'],
    [routes({ upstream }), 'GATEWAY_ROUTES[0].prefix must be a path like /agents'],
    ...['', '/', 'agents', '/agents/', '//agents', '/a/../b', '/.', '/a b', '/a%20b', '/:a', '/a*', '/ä'].map(
      (prefix): [string, string] => [
        routes({ prefix, upstream }),
        'GATEWAY_ROUTES[0].prefix must be a path like /agents, without a slash at its end',
      ],
    ),
    ...['/v1', '/v1/agents', '/jsonapi', '/docs', '/projects', '/assets/x'].map(
      (prefix): [string, string] => [
        routes({ prefix, upstream }),
        'GATEWAY_ROUTES[0].prefix is a path of the gateway itself',
      ],
    ),
    [
      routes({ prefix: '/a', upstream }, { prefix: '/a', upstream }),
      'GATEWAY_ROUTES[1].prefix is there already',
    ],
    [routes({ prefix: '/a', upstream, stripPrefix: true }), 'GATEWAY_ROUTES[0].stripPrefix should not exist'],
    ...[
      undefined,
      'agents:3000',
      'ftp://agents',
      'http://',
      'http://user:secret@agents',
      'http://agents?secret=1',
      'http://agents#x',
      'http://agents/a/../b',
      'http://agents:99999',
      'ws://agents',
      ' http://agents',
    ].map((address): [string, string] => [
      routes({ prefix: '/a', upstream: address }),
      'GATEWAY_ROUTES[0].upstream must be an http or https address, without user, query or fragment',
    ]),
  ])('refuses %s', (text, message) => {
    expect(() => load(text)).toThrow(message);
    expect(() => load(text)).not.toThrow(/secret/);
  });
});
