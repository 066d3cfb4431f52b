// Random requests made of the document: mostly what it allows, with something hostile in many of them.
import { randomUUID } from 'node:crypto';
import { HOSTILE_BODIES, HOSTILE_TEXTS, HOSTILE_TYPES, HOSTILE_VALUES } from './hostile-values.mjs';

/** @typedef {Record<string, any>} Json */
/** @typedef {import('../harness/random.mjs').Random} Random */
/** @typedef {{ method: string, path: string, headers: Record<string, string>, body: string | undefined }} MadeRequest */
/** What exists, to be asked for. @typedef {{ adminToken: string, origin: string, session: { cookie: string, csrfToken: string }, projectIds: string[], apiKeys: { id: string, projectId: string, key: string }[] }} World */

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace', 'propfind'];
/** Of each thing in a request that can be hostile, so many are. */
const HOSTILE_SHARE = 0.12;

export class RequestMaker {
  #document;
  #random;
  #world;

  /** @param {Json} document @param {Random} random @param {World} world changes while requests are made */
  constructor(document, random, world) {
    this.#document = document;
    this.#random = random;
    this.#world = world;
  }

  /** @returns {MadeRequest} */
  next() {
    const random = this.#random;
    const template = random.pick(Object.keys(this.#document['paths']));
    const operations = this.#document['paths'][template];
    const method = random.chance(0.04) ? random.pick(METHODS) : random.pick(Object.keys(operations));
    const operation = operations[method] ?? Object.values(operations)[0];
    const apiKey = random.pick(this.#world.apiKeys);
    const path = template.replace(/\{(\w+)\}/g, (/** @type {string} */ _all, /** @type {string} */ name) =>
      this.#pathValue(name, apiKey),
    );
    const headers = { ...this.#headers(operation), ...this.#credential(operation, apiKey.key) };
    const body = this.#body(operation, headers, method);
    return { method, path: `${path}${this.#query(operation)}`, headers, body };
  }

  /** @param {string} name @param {World['apiKeys'][number]} apiKey */
  #pathValue(name, apiKey) {
    const random = this.#random;
    if (random.chance(HOSTILE_SHARE)) return inUrl(random.pick(HOSTILE_TEXTS));
    if (random.chance(0.05)) return randomUUID();
    if (name === 'keyId') return apiKey.id;
    if (name === 'organizationId') return 'organization';
    if (name !== 'projectId') return 'some/path';
    return random.chance(0.7) ? apiKey.projectId : random.pick(this.#world.projectIds);
  }

  /** @param {Json} operation */
  #query({ parameters = [] }) {
    const random = this.#random;
    const given = parameters
      .filter((/** @type {Json} */ parameter) => parameter['in'] === 'query')
      .filter((/** @type {Json} */ { required }) => required || random.chance(0.3))
      .map((/** @type {Json} */ { name, schema }) => `${name}=${inUrl(asText(this.#value(schema)))}`);
    if (random.chance(0.03))
      given.push(`${inUrl(random.pick(HOSTILE_TEXTS))}=${inUrl(random.pick(HOSTILE_TEXTS))}`);
    if (random.chance(0.03) && given[0] !== undefined) given.push(given[0]);
    return given.length === 0 ? '' : `?${given.join('&')}`;
  }

  /** @param {Json} operation @returns {Record<string, string>} */
  #headers({ parameters = [] }) {
    const random = this.#random;
    /** @type {Record<string, string>} */
    const headers = {};
    for (const { in: where, name, schema } of parameters) {
      if (where === 'header' && random.chance(0.3)) headers[name] = inHeader(asText(this.#value(schema)));
    }
    if (random.chance(0.05)) headers['x-request-id'] = inHeader(random.pick(HOSTILE_TEXTS));
    if (random.chance(0.05)) headers['x-auth-project-id'] = randomUUID();
    if (random.chance(0.05)) headers['traceparent'] = inHeader(random.pick(HOSTILE_TEXTS));
    if (random.chance(0.05))
      headers['cookie'] = `__Host-traylinx-session=${inHeader(random.pick(HOSTILE_TEXTS))}`;
    if (random.chance(0.05)) headers['origin'] = random.pick(['null', 'https://evil.example', 'x']);
    if (random.chance(0.06)) headers['accept'] = random.pick(['text/html', 'application/vnd.api+json']);
    return headers;
  }

  /** @param {Json} operation @param {string} key @returns {Record<string, string>} */
  #credential({ security }, key) {
    const random = this.#random;
    const isAdmin = security.some((/** @type {Json} */ scheme) => 'admin' in scheme);
    if (random.chance(HOSTILE_SHARE)) {
      const token = inHeader(random.pick(HOSTILE_TEXTS));
      return random.pick([
        {},
        { authorization: '' },
        { authorization: `Basic ${token}` },
        { authorization: `Bearer ${token}` },
      ]);
    }
    const ofSession = security.some((/** @type {Json} */ scheme) => 'session' in scheme);
    if (ofSession && random.chance(0.2)) {
      const { cookie, csrfToken } = this.#world.session;
      return {
        cookie,
        ...(random.chance(0.8) ? { 'x-csrf-token': csrfToken, origin: this.#world.origin } : {}),
      };
    }
    if (random.chance(0.05)) return { authorization: `Bearer ${isAdmin ? key : this.#world.adminToken}` };
    return { authorization: `Bearer ${isAdmin ? this.#world.adminToken : key}` };
  }

  /** @param {Json} operation @param {Record<string, string>} headers @param {string} method @returns {string | undefined} */
  #body({ requestBody, operationId }, headers, method) {
    const random = this.#random;
    if (requestBody === undefined && (method === 'get' || !random.chance(0.1))) return undefined;
    const type = random.pick(Object.keys(requestBody?.content ?? { 'application/json': {} }));
    headers['content-type'] = random.chance(0.04) ? random.pick(HOSTILE_TYPES) : type;
    const media = requestBody?.content[type];
    if (media === undefined || random.chance(0.08)) return random.pick(HOSTILE_BODIES);
    if (operationId === 'signIn' && random.chance(0.5))
      return JSON.stringify({ adminToken: this.#world.adminToken });
    const value = random.chance(0.2) && media.example ? media.example : this.#value(media.schema);
    return JSON.stringify(value);
  }

  /** Of this schema, or something else. @param {Json} schema @returns {unknown} */
  #value(schema) {
    const random = this.#random;
    const { $ref, type, properties = {}, required = [], items, format } = schema;
    if ($ref !== undefined) return this.#value(this.#document['components'].schemas[$ref.split('/').at(-1)]);
    if (type === 'object') {
      const names = Object.keys(properties).filter((name) => required.includes(name) || random.chance(0.5));
      /** @type {Json} */
      let object = Object.fromEntries(names.map((name) => [name, this.#value(properties[name])]));
      if (random.chance(0.04)) object = Object.fromEntries(Object.entries(object).slice(1));
      if (random.chance(0.04)) object[random.pick(HOSTILE_TEXTS)] = random.pick(HOSTILE_VALUES);
      return object;
    }
    if (random.chance(HOSTILE_SHARE)) return random.pick([...HOSTILE_VALUES, ...HOSTILE_TEXTS]);
    if (schema['enum']) return random.pick(schema['enum']);
    const one = Array.isArray(type) ? random.pick(type) : type;
    if (one === 'null') return null;
    if (one === 'boolean') return random.chance(0.5);
    if (one === 'integer' || one === 'number') {
      return Math.floor(
        random.between(Number(schema['minimum'] ?? 0), Number(schema['maximum'] ?? 1_000) + 1),
      );
    }
    if (one === 'array') {
      const count = Math.floor(random.magnitude(1, Number(schema['maxItems'] ?? 5) + 1));
      return Array.from({ length: count }, () => this.#value(items));
    }
    return format === undefined ? this.#text(schema) : this.#formatted(format);
  }

  /** @param {Json} schema */
  #text({ maxLength = 100, minLength = 0 }) {
    const random = this.#random;
    if (random.chance(0.2)) return random.pick(this.#world.apiKeys).key;
    const characters = Math.floor(random.between(Number(minLength), Number(maxLength) + 2));
    return random.pick(['x', 'ü', '🔑', 'a b']).repeat(characters).slice(0, characters);
  }

  /** @param {string} format */
  #formatted(format) {
    const random = this.#random;
    if (format === 'uuid') return random.pick([randomUUID(), random.pick(this.#world.apiKeys).id]);
    if (format === 'date-time')
      return new Date(Date.now() + random.between(-1, 4_000) * 86_400_000).toISOString();
    return random.pick(HOSTILE_TEXTS);
  }
}

/** Percent-encoded, except when it is hostile just as it is. @param {string} text */
function inUrl(text) {
  return /^[%.]+$/.test(text) ? text : encodeURIComponent(Buffer.from(text).toString());
}

/** @param {unknown} value */
function asText(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What a client can put into a header at all. @param {string} text */
function inHeader(text) {
  return text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?');
}
