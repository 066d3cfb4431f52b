import type { Call, Query } from './call.js';
import { ConfigurationError } from './errors.js';
import type { FetchInit } from './fetch.js';
import { CREDENTIAL_VARIABLES, type Settings } from './settings.js';
import { VERSION } from './version.js';

const REQUEST_ID = /^[\w.:-]{1,128}$/;
/** Set here alone. */
const OWN_HEADERS = new Set(['authorization', 'host', 'content-length', 'x-request-id']);

export interface PreparedRequest {
  url: string;
  requestId: string;
  init: Omit<FetchInit, 'signal'>;
}

/** @throws ConfigurationError when it would not arrive as it is meant, or take a credential to somewhere else */
export function prepareRequest(call: Call, settings: Settings): PreparedRequest {
  const requestId = call.requestId ?? globalThis.crypto.randomUUID();
  if (!REQUEST_ID.test(requestId)) {
    throw new ConfigurationError('requestId must be 1 to 128 letters, digits and . _ : -');
  }
  const body = call.json === undefined ? call.body : JSON.stringify(call.json);
  return {
    url: addressOf(call, settings.baseUrl),
    requestId,
    init: {
      method: call.method,
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        'user-agent': userAgent(settings.userAgent),
        ...(call.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...extraHeaders(call.headers),
        ...authorization(call, settings),
        'x-request-id': requestId,
      },
      ...(body === undefined ? {} : { body }),
    },
  };
}

/** One segment of a path. @throws ConfigurationError for what would make it another path */
export function segment(name: string, id: string): string {
  if (typeof id === 'string' && !/^\.{0,2}$/.test(id)) return encodeURIComponent(id);
  throw new ConfigurationError(`${name} must be an id.`);
}

function addressOf({ path, query = {} }: Call, baseUrl: string): string {
  const base = new URL(baseUrl);
  const prefix = base.pathname === '/' ? '' : base.pathname;
  const url = /^\/(?!\/)/.test(path) ? new URL(`${base.origin}${prefix}${path}`) : undefined;
  // Dots in a path may lead out of the prefix.
  if (url?.origin !== base.origin || !url.pathname.startsWith(`${prefix}/`)) {
    throw new ConfigurationError('The path must begin with / and stay below the address of the gateway.');
  }
  for (const [name, text] of queryTexts(query)) url.searchParams.set(name, text);
  return url.href;
}

function queryTexts(query: Query): [string, string][] {
  return Object.entries(query).flatMap(([name, value]): [string, string][] => {
    if (value === undefined || value === null) return [];
    return [[name, value instanceof Date ? timestamp(value) : String(value)]];
  });
}

/** @throws ConfigurationError when the date is none */
export function timestamp(time: Date | string): string {
  if (typeof time === 'string') return time;
  if (Number.isNaN(time.getTime())) throw new ConfigurationError('The date is not a valid one.');
  return time.toISOString();
}

function extraHeaders(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const lowerCase = name.toLowerCase();
      if (!OWN_HEADERS.has(lowerCase)) return [lowerCase, value];
      throw new ConfigurationError(`The header ${lowerCase} is set by the client itself.`);
    }),
  );
}

function authorization({ credential }: Call, { credentials }: Settings): Record<string, string> {
  if (credential === undefined) return {};
  const secret = credentials[credential];
  if (secret !== undefined) return { authorization: `Bearer ${secret}` };
  // The gateway decides whether it wants one of services.
  if (credential === 'serviceToken') return {};
  const variable = CREDENTIAL_VARIABLES[credential];
  const purpose =
    credential === 'apiKey' ? 'This call is made with an API key' : 'Management calls need an admin token';
  throw new ConfigurationError(`${purpose}: set ${variable}, or pass { ${credential} }.`);
}

function userAgent(suffix: string | undefined): string {
  const { process } = globalThis as {
    process?: { versions?: { node?: string }; platform?: string; arch?: string };
  };
  const node = process?.versions?.node;
  const runtime =
    node === undefined ? '' : ` node/${node} (${String(process?.platform)}; ${String(process?.arch)})`;
  return `traylinx-sdk-js/${VERSION}${runtime}${suffix === undefined ? '' : ` ${suffix}`}`;
}
