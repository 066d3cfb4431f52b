// Brings about each status that the document has, of each operation: what nobody has seen may as well not be there.
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';

/** @typedef {Record<string, any>} Json */
/** @typedef {{ id: string, method: string, template: string, operation: Json }} Operation */
/** @typedef {{ method: string, path: string, headers: Record<string, string>, body?: string | undefined, isCut?: boolean, door?: string }} Asked */
/** @typedef {import('./answers.mjs').Answer} Answer */

/**
 * @typedef {object} World
 * @property {{ limited: string, unlimited: string }} doors
 * @property {string} host       of requests, as browsers know it
 * @property {Record<'admin' | 'viewer' | 'nobody', string>} tokens
 * @property {string} unknownKey that nobody has made
 * @property {() => Promise<{ projectId: string, keyId: string, key: string }>} makeKey in a project with nothing else
 * @property {() => Promise<string>} makeProject
 * @property {() => Promise<{ cookie: string, csrfToken: string }>} signIn
 */

const JSON_TYPE = { 'content-type': 'application/json' };
const FOREIGN = { origin: 'https://elsewhere.example' };
const LARGE = 'x'.repeat(70_000);
/** More than any limit of the limited gateway, which counts some refusals only after it has answered. */
const MAX_TRIES = 200;

/** @param {Json} document @returns {Operation[]} */
export function operationsOf(document) {
  return Object.entries(document['paths']).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method,
      template,
      operation,
    })),
  );
}

/** What succeeds: with the example of the document, where it has a body. @param {Operation} operation @param {World} world @returns {Promise<Asked>} */
export async function goodRequest({ id, method, template, operation }, world) {
  const { projectId, keyId, key } = await world.makeKey();
  const ids = /** @type {Record<string, string>} */ ({
    projectId,
    keyId,
    organizationId: 'any',
    path: 'some/path',
  });
  if (id === 'deleteProject') ids['projectId'] = await world.makeProject();
  const path = template.replace(/\{(\w+)\}/g, (_all, name) => ids[name] ?? '');
  const schemes = operation['security'].flatMap((/** @type {object} */ one) => Object.keys(one));
  const example = operation['requestBody']?.content['application/json'].example;
  /** @type {Record<string, string>} */
  let headers = {};
  if (schemes.includes('admin')) headers = { authorization: `Bearer ${world.tokens.admin}` };
  if (schemes.includes('apiKey')) headers = { authorization: `Bearer ${key}` };
  if (id === 'signOut') {
    const { cookie, csrfToken } = await world.signIn();
    headers = { cookie, 'x-csrf-token': csrfToken, origin: `https://${world.host}` };
  }
  if (example === undefined) return { method, path, headers };
  return { method, path, headers: { ...headers, ...JSON_TYPE }, body: JSON.stringify(example) };
}

/** How a good request of an operation is made one of this status. @type {Record<number, (good: Asked, operation: Operation, world: World) => Promise<Asked> | Asked>} */
export const MISDEEDS = {
  400: (good) => ({ ...good, headers: { ...good.headers, host: '' } }),
  401: (good, { id }, { doors }) => {
    if (id === 'signIn') return { ...good, body: JSON.stringify({ adminToken: 'guess' }) };
    // Only this one has service tokens.
    const headers = { ...without(good.headers, 'authorization', 'cookie'), ...ownAddress() };
    return { ...good, headers, door: doors.limited };
  },
  403: (good, { id, template }, world) => {
    if (template.startsWith('/v1/auth')) return { ...good, path: `${good.path}?projectId=${randomUUID()}` };
    if (id === 'signOut') return { ...good, headers: without(good.headers, 'x-csrf-token') };
    if (template.startsWith('/v1/session')) return { ...good, headers: { ...good.headers, ...FOREIGN } };
    const token = template.includes('{projectId}') ? world.tokens.viewer : world.tokens.nobody;
    return { ...good, headers: { ...good.headers, authorization: `Bearer ${token}` } };
  },
  404: (good, { id, template }, { unknownKey }) => {
    if (id === 'lookupApiKey') return { ...good, body: JSON.stringify({ key: unknownKey }) };
    const last = template.includes('{keyId}') ? /(api.keys\/)[^/]+/ : /(projects\/)[^/]+/;
    return { ...good, path: good.path.replace(last, `$1${randomUUID()}`) };
  },
  408: (good) => ({ ...good, isCut: true }),
  409: async (good, { id }, world) => {
    if (id === 'deleteProject') return { ...good, path: `/v1/projects/${(await world.makeKey()).projectId}` };
    return afterOneLike(good, world);
  },
  413: (good) => ({ ...good, headers: { ...good.headers, ...JSON_TYPE }, body: JSON.stringify(LARGE) }),
  414: (good) => ({ ...good, path: `${good.path}?x=${LARGE.slice(0, 8_200)}` }),
  415: (good) => ({ ...good, headers: { ...good.headers, 'content-type': 'text/plain' }, body: 'text' }),
  417: (good) => ({ ...good, headers: { ...good.headers, expect: 'tea' } }),
  422: async (good, _operation, world) => {
    const again = await afterOneLike(good, world);
    return { ...again, body: String(good.body).replace(/"note":"/, '$&not ') };
  },
  429: async (good, { id }, world) => {
    const headers = {
      ...good.headers,
      ...ownAddress(),
      ...(id === 'signIn' ? {} : { authorization: 'Bearer guess' }),
    };
    const body = id === 'signIn' ? JSON.stringify({ adminToken: 'guess' }) : good.body;
    const asked = { ...good, headers, body, door: world.doors.limited };
    for (let i = 0; i < MAX_TRIES; i++) if ((await send(asked, world)).status === 429) break;
    return asked;
  },
  431: (good) => ({ ...good, headers: { ...good.headers, 'x-large': LARGE } }),
};

/** Whose tries are nobody else's. */
function ownAddress() {
  const [one, other] = [randomUUID(), randomUUID()].map((id) => id.slice(0, 4));
  return { 'x-forwarded-for': `2001:db8:${one}:${other}::1` };
}

/** The same wish was asked for before. @param {Asked} good @param {World} world @returns {Promise<Asked>} */
async function afterOneLike(good, world) {
  const asked = { ...good, headers: { ...good.headers, 'idempotency-key': randomUUID() } };
  await send(asked, world);
  return asked;
}

/** @param {Record<string, string>} headers @param {string[]} names */
function without(headers, ...names) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

/**
 * As bytes: clients of HTTP would not send some of it.
 *
 * @param {Asked} asked
 * @param {Pick<World, 'doors' | 'host'>} world
 * @returns {Promise<Answer>}
 */
export async function send({ method, path, headers, body, isCut, door }, { doors, host }) {
  const url = new URL(door ?? doors.unlimited);
  const all = {
    host,
    ...headers,
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    connection: 'close',
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === '' ? [] : [`${name}: ${value}`]));
  const head = [`${method.toUpperCase()} ${path} HTTP/1.1`, ...lines, ''].join('\r\n');
  const socket = connect(Number(url.port), url.hostname);
  /** @type {Buffer[]} */
  const chunks = [];
  socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
  // What is refused before all of it has arrived may be answered with a reset.
  socket.on('error', () => undefined);
  socket.write(isCut ? head : `${head}\r\n${body ?? ''}`);
  await new Promise((resolve) => socket.once('close', resolve));
  return parse(Buffer.concat(chunks).toString());
}

/** @param {string} text @returns {Answer} */
function parse(text) {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, Math.max(0, end)).split('\r\n');
  const headers = new Headers(
    lines.map((line) => /** @type {[string, string]} */ (line.split(/:\s*(.*)/s).slice(0, 2))),
  );
  const body = text.slice(end + 4);
  const isChunked = headers.get('transfer-encoding') === 'chunked';
  return { status: Number(first.split(' ')[1] ?? 0), headers, text: isChunked ? dechunked(body) : body };
}

/** @param {string} body */
function dechunked(body) {
  const bytes = Buffer.from(body);
  let text = '';
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n', at);
    const length = Number.parseInt(bytes.subarray(at, end).toString(), 16);
    if (!(length > 0)) return text;
    text += bytes.subarray(end + 2, end + 2 + length).toString();
    at = end + 2 + length + 2;
  }
}
