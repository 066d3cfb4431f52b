import { parseApiKey } from './api-key.js';
import { ConfigurationError } from './errors.js';
import type { Fetch } from './fetch.js';

/** What a client is told once, when the key that it calls with is about to expire. */
export interface ExpiryWarning {
  /** For people. */
  message: string;
  expiresAt: string;
}

export interface TraylinxOptions {
  /** Unless given, `TRAYLINX_API_KEY` of the environment; null: this client has no key. */
  apiKey?: string | null | undefined;
  /** For management calls, and for those alone. Unless given, `TRAYLINX_ADMIN_TOKEN`; null: none. */
  adminToken?: string | null | undefined;
  /** For `verify()` and `batchVerify()` where the gateway asks for one. Unless given, `TRAYLINX_SERVICE_TOKEN`; null: none. */
  serviceToken?: string | null | undefined;
  /** Of the gateway. Unless given, `TRAYLINX_BASE_URL`. */
  baseUrl?: string | undefined;
  /** Milliseconds that a call may take, retries included. 10,000. */
  timeoutMs?: number | undefined;
  /** The same for verifications. 3,000. */
  verifyTimeoutMs?: number | undefined;
  /** The same for deletions, which answer only when the key is refused everywhere. 30,000. */
  deleteTimeoutMs?: number | undefined;
  /** How often a call is repeated. 2. */
  maxRetries?: number | undefined;
  /** Instead of the global `fetch`: a proxy, a test. */
  fetch?: Fetch | undefined;
  /** Added to the user agent: `my-service/1.2`. */
  userAgent?: string | undefined;
  /** Told once when the key expires within 14 days. Unless given, a process warning. */
  onExpiryWarning?: ((warning: ExpiryWarning) => void) | undefined;
  /** Everybody who opens the page can read the key. */
  dangerouslyAllowBrowser?: boolean | undefined;
  /** Instead of `process.env`. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

export type CredentialKind = 'apiKey' | 'adminToken' | 'serviceToken';

export interface Settings {
  baseUrl: string;
  credentials: Readonly<Record<CredentialKind, string | undefined>>;
  timeoutMs: number;
  verifyTimeoutMs: number;
  deleteTimeoutMs: number;
  maxRetries: number;
  fetch: Fetch;
  userAgent: string | undefined;
  onExpiryWarning: (warning: ExpiryWarning) => void;
}

/** Where each credential is looked for. */
export const CREDENTIAL_VARIABLES: Readonly<Record<CredentialKind, string>> = {
  apiKey: 'TRAYLINX_API_KEY',
  adminToken: 'TRAYLINX_ADMIN_TOKEN',
  serviceToken: 'TRAYLINX_SERVICE_TOKEN',
};

/** What timers can count. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
const MAX_RETRIES = 10;

/** @throws ConfigurationError that names what is missing or wrong, and never shows a secret */
export function resolveSettings(options: TraylinxOptions): Settings {
  refuseBrowser(options);
  const env = options.env ?? environment();
  const credentials = {
    apiKey: findApiKey(options, env),
    adminToken: findToken('adminToken', options, env),
    serviceToken: findToken('serviceToken', options, env),
  };
  const isForNothing = Object.values(credentials).every((credential) => credential === undefined);
  if (isForNothing && options.apiKey === undefined) {
    throw new ConfigurationError(
      'No API key: set TRAYLINX_API_KEY, or pass { apiKey }. For management calls set TRAYLINX_ADMIN_TOKEN; ' +
        'to verify the keys of others without a credential, pass { apiKey: null }.',
    );
  }
  return {
    baseUrl: findBaseUrl(options.baseUrl, env['TRAYLINX_BASE_URL']),
    credentials,
    timeoutMs: milliseconds('timeoutMs', options.timeoutMs ?? 10_000),
    verifyTimeoutMs: milliseconds('verifyTimeoutMs', options.verifyTimeoutMs ?? 3_000),
    deleteTimeoutMs: milliseconds('deleteTimeoutMs', options.deleteTimeoutMs ?? 30_000),
    maxRetries: retries(options.maxRetries ?? 2),
    fetch: options.fetch ?? globalFetch(),
    userAgent: options.userAgent,
    onExpiryWarning: options.onExpiryWarning ?? warnProcess,
  };
}

/** Checked again for every call that brings its own. */
export function milliseconds(name: string, value: number): number {
  if (value > 0 && value <= LONGEST_TIMEOUT_MS) return value;
  throw new ConfigurationError(
    `${name} must be milliseconds, more than 0 and at most ${LONGEST_TIMEOUT_MS}.`,
  );
}

export function retries(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= MAX_RETRIES) return value;
  throw new ConfigurationError(`maxRetries must be a whole number from 0 to ${MAX_RETRIES}.`);
}

type Environment = Readonly<Record<string, string | undefined>>;

function environment(): Environment {
  // A browser, or a worker without Node's names, has none.
  return (globalThis as { process?: { env?: Environment } }).process?.env ?? {};
}

function findApiKey({ apiKey }: TraylinxOptions, env: Environment): string | undefined {
  if (apiKey === null) return undefined;
  if (apiKey !== undefined) return parseApiKey(apiKey, 'apiKey (else TRAYLINX_API_KEY)');
  const variable = env['TRAYLINX_API_KEY'];
  return isBlank(variable) ? undefined : parseApiKey(variable, 'TRAYLINX_API_KEY');
}

function findToken(
  kind: 'adminToken' | 'serviceToken',
  options: TraylinxOptions,
  env: Environment,
): string | undefined {
  const variable = CREDENTIAL_VARIABLES[kind];
  const given = options[kind];
  if (given === null) return undefined;
  const text = given ?? env[variable];
  if (isBlank(text)) return undefined;
  const source = given === undefined ? variable : `${kind} (else ${variable})`;
  const token = text.trim();
  if (token.startsWith('tlx_')) {
    throw new ConfigurationError(`${source} holds a project API key. Those are for TRAYLINX_API_KEY alone.`);
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ConfigurationError(`${source} has white space or other characters in it that no token has.`);
  }
  return token;
}

function isBlank(text: string | undefined): text is undefined {
  return text === undefined || text.trim() === '';
}

function findBaseUrl(option: string | undefined, variable: string | undefined): string {
  const text = option ?? variable;
  const source = option === undefined ? 'TRAYLINX_BASE_URL' : 'baseUrl (else TRAYLINX_BASE_URL)';
  if (isBlank(text)) {
    throw new ConfigurationError(
      'No address of the gateway: set TRAYLINX_BASE_URL, or pass { baseUrl }, such as https://api.example.com.',
    );
  }
  const url = parseUrl(text.trim());
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new ConfigurationError(`${source} must be an address that begins with https:// or http://.`);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new ConfigurationError(`${source} must have no user, password, query or fragment.`);
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function globalFetch(): Fetch {
  // Looked up at every call: whoever instruments or replaces it later is heard.
  return (url, init) => (globalThis.fetch as unknown as Fetch)(url, init);
}

function refuseBrowser({ dangerouslyAllowBrowser = false }: TraylinxOptions): void {
  const { process, document, WorkerGlobalScope } = globalThis as {
    process?: { versions?: { node?: string } };
    document?: unknown;
    WorkerGlobalScope?: unknown;
  };
  const isBrowser =
    process?.versions?.node === undefined && (document !== undefined || WorkerGlobalScope !== undefined);
  if (!isBrowser || dangerouslyAllowBrowser) return;
  throw new ConfigurationError(
    'This is a browser, where everybody who opens the page can read the key. Call Traylinx from a server; ' +
      'if the key may be public, pass { dangerouslyAllowBrowser: true }.',
  );
}

function warnProcess({ message }: ExpiryWarning): void {
  const { process } = globalThis as { process?: { emitWarning?: (text: string, options: object) => void } };
  process?.emitWarning?.(message, { type: 'TraylinxWarning', code: 'TRAYLINX_API_KEY_EXPIRES' });
}
