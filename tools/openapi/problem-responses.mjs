// Answers that are no success: which problems a route has, and how OpenAPI says it.

import { asEach, isJsonApi } from './media-types.mjs';

/** @typedef {import('../../apps/gateway/src/http/problem.js').ProblemCode} ProblemCode */
/** @typedef {import('../../apps/gateway/src/api-reference/operation.decorator.js').OperationDescription} Description */
/** @typedef {import('../../apps/gateway/src/admin-auth/policy.js').Policy} Policy */
/** @typedef {Record<string, readonly [status: number, title: string]>} Problems */

/** What HTTP itself can go wrong with, whatever the route. */
const OF_EVERY_ROUTE = [
  'invalid_request',
  'request_timeout',
  'url_too_long',
  'expectation_failed',
  'headers_too_large',
  'internal',
];
/** Answered before it is known which route it is for: never as JSON:API. */
const NEVER_IN_A_ROUTE = new Set([417, 431]);
/** A head that does not arrive is refused before, a body in the route. */
const BEFORE_ANY_ROUTE = new Set([408, ...NEVER_IN_A_ROUTE]);
const OF_A_BODY = ['body_too_large', 'unsupported_media_type'];
const OF_A_KEY = [
  'api_key_missing',
  'api_key_malformed',
  'api_key_unknown',
  'api_key_expired',
  'api_key_deleted',
  'too_many_requests',
];
const OF_AN_ADMIN = ['admin_credential_missing', 'admin_credential_invalid', 'too_many_requests'];

/**
 * @param {Policy} policy
 * @param {{ changes: boolean, path: string }} route
 */
function problemsOfPolicy(policy, { changes, path }) {
  if (policy === 'everyone') return [];
  if (policy === 'platform-service') return ['service_credential_invalid'];
  if (policy === 'key-holder') return OF_A_KEY;
  const ofProject = path.includes('{keyId}') ? 'api_key_not_found' : 'project_not_found';
  return [
    ...OF_AN_ADMIN,
    // Every change may come from somebody else's page, in a session.
    ...(changes || policy === 'viewer' || policy === 'admin' ? ['forbidden'] : []),
    ...(policy.startsWith('project-') ? [ofProject] : []),
  ];
}

/**
 * @param {Description} description
 * @param {{ policy: Policy, changes: boolean, path: string, readsBody: boolean, problems: Problems }} route
 * @returns {Map<number, string[]>} codes by status
 */
export function problemsOf({ local, problems: own = [] }, { policy, readsBody, problems, ...route }) {
  const codes = new Set([
    ...OF_EVERY_ROUTE,
    ...(readsBody ? OF_A_BODY : []),
    ...problemsOfPolicy(policy, route),
    ...(local ? [] : ['unavailable']),
    ...own,
  ]);
  /** @type {Map<number, string[]>} */
  const byStatus = new Map();
  // In the order of the list of problems.
  for (const [code, [status]] of Object.entries(problems)) {
    if (codes.has(code)) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

/**
 * @param {number} status
 * @param {string[]} codes
 * @param {{ problems: Problems, everyAnswer: Record<string, unknown>, mediaTypes: string[] | undefined }} context media types of
 *   JSON:API, where it is that
 */
export function problemResponse(status, codes, { problems, everyAnswer, mediaTypes }) {
  const titles = [...new Set(codes.map((code) => problems[code]?.[1]))];
  return {
    description: `${titles.join('. ')}.`,
    headers: { ...everyAnswer, 'Cache-Control': ref('headers', 'NoStore'), ...headersOf(status, codes) },
    content: {
      ...(mediaTypes === undefined || BEFORE_ANY_ROUTE.has(status) ? problemContent(status, codes) : {}),
      ...(mediaTypes === undefined || NEVER_IN_A_ROUTE.has(status)
        ? {}
        : errorsContent(status, codes, mediaTypes)),
    },
  };
}

/** @param {number} status @param {string[]} codes */
function problemContent(status, codes) {
  const own = { properties: { status: { const: status }, code: { enum: codes } } };
  return { 'application/problem+json': { schema: { allOf: [ref('schemas', 'ProblemBody'), own] } } };
}

/** @param {number} status @param {string[]} codes @param {string[]} mediaTypes */
function errorsContent(status, codes, mediaTypes) {
  const one = { properties: { status: { const: String(status) }, code: { enum: codes } } };
  const own = { properties: { errors: { type: 'array', items: one } } };
  const schema = { allOf: [ref('schemas', 'JsonApiErrors'), own] };
  return asEach(mediaTypes, { schema });
}

/** What the answer is called among the components: `AdminCredentialMissingOrAdminCredentialInvalid`. @param {string[]} codes @param {string} path */
export function nameOfProblems(codes, path) {
  const name = codes
    .map((code) => code.replace(/(?:^|_)([a-z])/g, (_all, letter) => letter.toUpperCase()))
    .join('Or');
  return isJsonApi(path) ? `${name}AsJsonApi` : name;
}

/** @param {number} status @param {string[]} codes */
function headersOf(status, codes) {
  if (status === 401) {
    const forgets = codes.includes('admin_credential_invalid')
      ? { 'Set-Cookie': ref('headers', 'SessionOver') }
      : {};
    return { 'WWW-Authenticate': ref('headers', 'WwwAuthenticate'), ...forgets };
  }
  if (status === 429 || status === 503) return { 'Retry-After': ref('headers', 'RetryAfter') };
  return {};
}

/** @param {string} kind @param {string} name */
export function ref(kind, name) {
  return { $ref: `#/components/${kind}/${name}` };
}
