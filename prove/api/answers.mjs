// Whether an answer is one that the document allows: status, media type, headers and body, with nothing that it does not
// name. Callers have to ignore what they do not know; we have to know it.
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** @typedef {Record<string, any>} Json */
/** @typedef {{ status: number, headers: Headers, text: string }} Answer */
/** @typedef {{ operation?: Json | undefined, path: string, method: string }} Asked */

/** Of HTTP itself; and what the document says of all answers at once, which test/answer-headers.e2e-spec.ts looks at. */
const NEEDS_NO_MENTION = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
  'content-security-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
]);

export class AnswerChecker {
  #ajv = new Ajv2020({ strict: false, allErrors: false });
  /** @type {Json} */
  #document;
  /** @type {Map<string, import('ajv').ValidateFunction>} */
  #validators = new Map();

  /** @param {Json} document */
  constructor(document) {
    addFormats.default(this.#ajv);
    this.#document = /** @type {Json} */ (closed(document));
    this.#ajv.addSchema({ $id: 'openapi', ...this.#document });
  }

  /** @param {Asked} asked @param {Answer} answer @returns {string[]} what is wrong with it */
  violations({ operation, method, path }, { status, headers, text }) {
    if (status >= 500 && status !== 503) return [`the answer is ${String(status)}`];
    const response = operation === undefined ? undefined : this.#response(operation, status);
    // What is no operation is a problem: no such route, or no such method.
    const expected = response ?? (operation === undefined ? this.#anyProblem(status, path) : undefined);
    if (expected === undefined) return [`the document has no ${String(status)}`];
    return [
      ...this.#wrongHeaders(expected, headers, operation !== undefined),
      ...(method === 'head' ? [] : this.#wrongBody(expected, headers.get('content-type'), text)),
    ];
  }

  /** @param {Json} operation @param {number} status @returns {Json | undefined} */
  #response(operation, status) {
    const response = operation['responses'][String(status)];
    return response?.$ref === undefined ? response : this.#resolve(response.$ref);
  }

  /** @param {number} status @param {string} path */
  #anyProblem(status, path) {
    if (![400, 404, 405, 408, 413, 414, 415, 417, 431].includes(status)) return undefined;
    const problem = { schema: { $ref: '#/components/schemas/ProblemBody' } };
    const errors = { schema: { $ref: '#/components/schemas/JsonApiErrors' } };
    const isJsonApi = path.startsWith('/jsonapi/');
    // Refused before it is known which route it is for.
    const isEarly = [408, 417, 431].includes(status);
    const content = {
      ...(isJsonApi ? { 'application/json': errors, 'application/vnd.api+json': errors } : {}),
      ...(isEarly || !isJsonApi ? { 'application/problem+json': problem } : {}),
    };
    return { headers: {}, content };
  }

  /** @param {Json} response @param {Headers} headers @param {boolean} isComplete */
  #wrongHeaders({ headers: declared = {} }, headers, isComplete) {
    const wrong = [];
    const names = new Set(Object.keys(declared).map((name) => name.toLowerCase()));
    for (const [name, header] of Object.entries(declared)) {
      const { required, schema } = header.$ref === undefined ? header : this.#resolve(header.$ref);
      const value = headers.get(name);
      if (value === null && required) wrong.push(`the header ${name} is missing`);
      if (value !== null && !this.#validator(schema)(value))
        wrong.push(`the header ${name} is "${String(value)}"`);
    }
    for (const name of headers.keys()) {
      if (isComplete && !names.has(name) && !NEEDS_NO_MENTION.has(name))
        wrong.push(`the header ${name} is not declared`);
    }
    return wrong;
  }

  /** @param {Json} response @param {string | null} contentType @param {string} text */
  #wrongBody({ content }, contentType, text) {
    if (content === undefined) return text === '' ? [] : ['there is a body, and none is declared'];
    const [mediaType = ''] = (contentType ?? '').split(';');
    const media = content[mediaType];
    if (media === undefined) return [`the media type is ${mediaType}`];
    if (!mediaType.endsWith('json') || mediaType.endsWith('ndjson')) return [];
    /** @type {unknown} */
    let body;
    try {
      body = JSON.parse(text);
    } catch {
      return ['the body is no JSON'];
    }
    const validate = this.#validator(media.schema);
    if (validate(body)) return [];
    const [error] = validate.errors ?? [];
    const what = error?.params['unevaluatedProperty'] ?? '';
    return [`the body ${error?.instancePath ?? ''} ${error?.message ?? 'is wrong'} ${String(what)}`.trim()];
  }

  /** @param {Json} schema @returns {import('ajv').ValidateFunction} */
  #validator(schema) {
    const text = JSON.stringify(schema);
    let validate = this.#validators.get(text);
    if (validate === undefined) {
      validate = this.#ajv.compile(JSON.parse(text.replaceAll('"#/', '"openapi#/')));
      this.#validators.set(text, validate);
    }
    return validate;
  }

  /** @param {string} reference @returns {Json} */
  #resolve(reference) {
    return reference
      .slice(2)
      .split('/')
      .reduce((/** @type {Json} */ at, name) => at[name], this.#document);
  }
}

/** With every object closed: a field that is not declared is not allowed. @param {unknown} value @returns {unknown} */
function closed(value) {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, closed(part)]);
  const object = Object.fromEntries(entries);
  // A part of something (`allOf`) sees only its own fields; whoever is not referred to from there is whole.
  const isObject = object['type'] === 'object' && object['properties'] !== undefined;
  return isObject && object['additionalProperties'] === undefined
    ? { ...object, additionalProperties: false }
    : object;
}
