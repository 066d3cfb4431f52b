/** `/agents/v1`: segments of characters that need no encoding. */
const PREFIX = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/;
const MAX_ROUTES = 100;

/** First segments of paths that the gateway itself has, or may have. A test compares them with its routes. */
const OWN_SEGMENTS: ReadonlySet<string> = new Set([
  'api-keys',
  'assets',
  'audit',
  'docs',
  'jsonapi',
  'openapi.json',
  'projects',
  'signed-in',
  'v1',
]);

/** Requests below `prefix` go to `upstream`, which takes the place of the prefix. */
export interface ProxyRoute {
  prefix: string;
  /** Without a slash at its end. */
  upstream: string;
}

/** Whether the gateway answers paths of this first segment itself. */
export function isOwnSegment(segment: string): boolean {
  return OWN_SEGMENTS.has(segment);
}

/**
 * Reads `GATEWAY_ROUTES`.
 *
 * @throws Error with a message that continues "GATEWAY_ROUTES", and quotes no upstream: there may be a password in it
 */
export function parseProxyRoutes(json: string): ProxyRoute[] {
  const entries = parseList(json);
  const routes = entries.map(parseRoute);
  const prefixes = routes.map(({ prefix }) => prefix);
  const twice = prefixes.findIndex((prefix, i) => prefixes.indexOf(prefix) !== i);
  if (twice >= 0) throw new Error(`[${String(twice)}].prefix is there already`);
  return routes;
}

function parseList(json: string): unknown[] {
  let list: unknown;
  try {
    list = JSON.parse(json);
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_ROUTES) {
    throw new Error(
      ` must be a JSON list of 1 to ${String(MAX_ROUTES)} routes, like [{"prefix": "/agents", "upstream": "http://agents:3000"}]`,
    );
  }
  return list;
}

function parseRoute(entry: unknown, index: number): ProxyRoute {
  const at = `[${String(index)}]`;
  if (typeof entry !== 'object' || entry === null) throw new Error(`${at} must be an object`);
  const { prefix, upstream, ...others } = entry as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new Error(`${at}.${unknown} should not exist`);
  if (typeof prefix !== 'string' || !PREFIX.test(prefix)) {
    throw new Error(`${at}.prefix must be a path like /agents, without a slash at its end`);
  }
  if (isOwnSegment(prefix.split('/')[1] ?? ''))
    throw new Error(`${at}.prefix is a path of the gateway itself`);
  if (typeof upstream !== 'string' || !isAddress(upstream)) {
    throw new Error(`${at}.upstream must be an http or https address, without user, query or fragment`);
  }
  return { prefix, upstream: upstream.replace(/\/+$/, '') };
}

function isAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s?#@\\]+$/.test(text) || !URL.canParse(text)) return false;
  const { href } = new URL(text);
  // Whatever is read in another way than it is written was meant in another way.
  return href.replace(/\/$/, '') === text.replace(/\/$/, '') && !/\/{2,}$/.test(text);
}
