const CENSORED = '[redacted]';
/** The last word of a name decides: `token` and `ADMIN_TOKEN`, `key` and `x-api-key`, but not `keyId` or `keyHash`. */
const SECRET_NAME = /(authorization|cookies?|passwords?|secrets?|tokens?|keys?)$/i;
/** Deeper than this nothing is logged: log fields are flat, and a cycle has to end somewhere. */
const MAX_DEPTH = 4;

/** An API key, or enough of one to be worth stealing: its start stays, as that is what people look for. */
const KEY = /(tlx_[0-9A-Za-z]{4})[0-9A-Za-z]{4,}/g;
/** `scheme://user:password@host`, as drivers put it into their error messages. */
const URL_CREDENTIALS = /([a-z0-9+.-]{1,20}:\/\/)[^\s/@"\\]*@/gi;
/** `password=…`, in connection strings of the other kind and in query strings. */
const ASSIGNED_SECRET = /(password|secret|token)=[^\s&"'\\]+/gi;

/**
 * A copy of log fields without the values of secret names. Numbers and booleans stay whatever their name:
 * `{ keys: 12 }` is a count.
 */
export function redactFields(fields: Record<string, unknown>, depth = 1): Record<string, unknown> {
  const redacted: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    redacted[name] = redactValue(name, value, depth);
  }
  return redacted;
}

function redactValue(name: string, value: unknown, depth: number): unknown {
  if (typeof value === 'string') return SECRET_NAME.test(name) ? CENSORED : value;
  // Errors have a serializer of their own, and class instances know best how to become JSON.
  if (!isPlain(value)) return value;
  if (SECRET_NAME.test(name)) return CENSORED;
  if (depth === MAX_DEPTH) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => redactValue(name, item, depth + 1));
  return redactFields(value, depth + 1);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}

/**
 * The last net, over a whole line of text: what has the form of a secret goes, wherever it stands. A line of JSON
 * stays one, which is why no pattern takes a backslash; and it takes no longer than its length, whatever it holds.
 */
export function redactText(text: string): string {
  return text
    .replace(KEY, '$1…')
    .replace(URL_CREDENTIALS, `$1${CENSORED}@`)
    .replace(ASSIGNED_SECRET, `$1=${CENSORED}`);
}
