// The examples of proxies that no test runs: what can be said of them without one. test/proxies.e2e-spec.ts runs the others;
// secret-scanning.spec.ts is about the rules of secret scanners.
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const IDENTITY = ['x-auth-key-expires-at', 'x-auth-key-id', 'x-auth-project-id'];
const GATEWAY = 'http://127.0.0.1:8080/v1/auth';

function read(file: string): unknown {
  return parse(readFileSync(`examples/${file}`, 'utf8'));
}

const inLowerCase = (names: string[]): string[] => names.map((name) => name.toLowerCase()).sort();

it('are all run by a test, or say that they are not', () => {
  const run = new Set(['nginx', 'haproxy', 'caddy', 'secret-scanning']);
  for (const name of readdirSync('examples').filter((one) => !run.has(one))) {
    for (const file of readdirSync(`examples/${name}`)) {
      expect(readFileSync(`examples/${name}/${file}`, 'utf8')).toContain('NOT RUN by our tests');
    }
  }
});

describe('the example of Traefik', () => {
  interface Middleware {
    headers?: { customRequestHeaders: Record<string, string> };
    forwardAuth?: { address: string; authResponseHeaders: string[]; authRequestHeaders: string[] };
  }
  interface Dynamic {
    http: {
      routers: Record<string, { middlewares: string[]; service: string }>;
      middlewares: Record<string, Middleware>;
      services: Record<string, unknown>;
    };
  }
  const { http } = read('traefik/dynamic.yml') as Dynamic;

  it('drops claims, asks the gateway, and drops the key, in this order', () => {
    for (const { middlewares, service } of Object.values(http.routers)) {
      expect(Object.keys(http.services)).toContain(service);
      const [claims, auth, noKey] = middlewares.map((name) => http.middlewares[name]);
      expect(middlewares).toHaveLength(3);
      expect(inLowerCase(Object.keys(claims?.headers?.customRequestHeaders ?? {}))).toEqual([
        'upgrade',
        ...IDENTITY.map((name) => name.replaceAll('-', '_')),
      ]);
      expect(auth?.forwardAuth?.address).toBe(GATEWAY);
      expect(inLowerCase(auth?.forwardAuth?.authResponseHeaders ?? [])).toEqual(IDENTITY);
      expect(inLowerCase(auth?.forwardAuth?.authRequestHeaders ?? [])).toContain('authorization');
      expect(noKey?.headers?.customRequestHeaders).toEqual({ Authorization: '' });
    }
  });
});

describe('the example of Envoy', () => {
  interface Patterns {
    patterns: { exact: string }[];
  }
  interface Filter {
    name: string;
    typed_config: {
      '@type': string;
      failure_mode_allow?: boolean;
      status_on_error?: { code: string };
      mutations?: { request_mutations: { remove: string }[] };
      http_service?: {
        server_uri: { cluster: string };
        path_prefix: string;
        authorization_response: { allowed_upstream_headers: Patterns; allowed_client_headers: Patterns };
      };
    };
  }
  interface ConnectionManager {
    http_filters: Filter[];
    common_http_protocol_options: { headers_with_underscores_action: string };
    upgrade_configs?: unknown;
    route_config: { virtual_hosts: { request_headers_to_remove: string[] }[] };
  }
  const { static_resources: resources } = read('envoy/envoy.yaml') as {
    static_resources: {
      listeners: { filter_chains: { filters: { typed_config: ConnectionManager }[] }[] }[];
      clusters: { name: string }[];
    };
  };
  const manager = resources.listeners[0]?.filter_chains[0]?.filters[0]?.typed_config;
  const [claims, auth, router] = manager?.http_filters.map(({ typed_config }) => typed_config) ?? [];

  it('drops claims, asks the gateway, and drops the key, in this order', () => {
    expect(claims?.mutations?.request_mutations.map(({ remove }) => remove).toSorted()).toEqual(IDENTITY);
    expect(auth?.http_service?.path_prefix).toBe(new URL(GATEWAY).pathname);
    expect(resources.clusters.map(({ name }) => name)).toContain(auth?.http_service?.server_uri.cluster);
    const { allowed_upstream_headers: identity, allowed_client_headers: refusal } =
      auth?.http_service?.authorization_response ?? {};
    expect(identity?.patterns.map(({ exact }) => exact).toSorted()).toEqual(IDENTITY);
    expect(refusal?.patterns.map(({ exact }) => exact)).toEqual(
      expect.arrayContaining(['www-authenticate', 'retry-after']),
    );
    expect(router?.['@type']).toMatch(/\.router\./);
    for (const host of manager?.route_config.virtual_hosts ?? []) {
      expect(host.request_headers_to_remove).toEqual(['authorization']);
    }
  });

  it('lets nobody pass when the gateway cannot be asked, and no WebSocket', () => {
    expect([auth?.failure_mode_allow, auth?.status_on_error?.code]).toEqual([false, 'ServiceUnavailable']);
    expect(manager?.upgrade_configs).toBeUndefined();
    expect(manager?.common_http_protocol_options.headers_with_underscores_action).toBe('REJECT_REQUEST');
  });
});
