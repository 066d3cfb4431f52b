// docs/openapi.json as an object.
import { asEach, isJsonApi, mediaTypesOf } from './media-types.mjs';
import { nameOfProblems, problemResponse, problemsOf, ref } from './problem-responses.mjs';
import { routesOf } from './routes.mjs';
import { inputFields, partsOf } from './rule-schemas.mjs';

/** @typedef {import('./type-schemas.mjs').TypeSchemas} TypeSchemas */
/** @typedef {import('./routes.mjs').Route} Route */
/** @typedef {import('../../apps/gateway/src/api-reference/operation.decorator.js').PlainOperation} PlainOperation */
/** @typedef {import('../../apps/gateway/src/api-reference/operation.decorator.js').ValueDescription} ValueDescription */
/** @typedef {Record<string, any>} Json */

/**
 * @typedef {object} Gateway  the built one
 * @property {new () => object} module
 * @property {string} operationKey
 * @property {readonly PlainOperation[]} plainOperations
 * @property {Record<string, readonly [number, string]>} problems
 */

/** What `description` of `info` says to whoever reads only that. */
const DESCRIPTION = [
  'Project API keys: made once, verified everywhere, refused the moment they are deleted.',
  'Answers may get more fields, and lists of values more values, without a new version: ignore what you do not know.',
  'Every answer but those of `/v1/auth` also tells browsers to take it for nothing else (`X-Content-Type-Options`, `X-Frame-Options`, `Content-Security-Policy`, `Cross-Origin-Resource-Policy`, `Cross-Origin-Opener-Policy`, `Referrer-Policy`; with https, `Strict-Transport-Security`).',
  'What is not a success is `application/problem+json` (RFC 9457); branch on its `code`. Below `/jsonapi/v1`, it is the errors of JSON:API.',
].join('\n\n');

const OPEN = [{}];
/** What a policy asks for: one of these. @type {(policy: Route['policy']) => object[]} */
function securityOf(policy) {
  if (policy === 'everyone') return OPEN;
  // Nobody needs one where there is none.
  if (policy === 'platform-service') return [{ service: [] }, {}];
  return policy === 'key-holder' ? [{ apiKey: [] }] : [{ admin: [] }, { session: [] }];
}

const CSRF_HEADER = {
  'X-CSRF-Token': {
    description: 'In a session: the `csrfToken` of `GET /v1/me`. The Origin has to be ours, too.',
    schema: { type: 'string' },
  },
};

const EVERY_ANSWER = { 'X-Request-Id': ref('headers', 'RequestId') };

const HEADERS = {
  RequestId: {
    description: 'Of this request, in logs and audit events. One of the caller is kept when it is sane.',
    required: true,
    schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,128}$' },
  },
  NoStore: { description: 'No cache keeps it.', required: true, schema: { const: 'no-store' } },
  RetryAfter: { description: 'Seconds.', required: true, schema: { type: 'string', pattern: '^[0-9]+$' } },
  SessionOver: {
    description: 'The session has ended, and the browser forgets it.',
    schema: { type: 'string', pattern: 'Max-Age=0' },
  },
  WwwAuthenticate: {
    description: 'RFC 6750: what kind of credential is asked for, and what is wrong with the one that came.',
    required: true,
    schema: { type: 'string', pattern: '^Bearer realm="traylinx"' },
  },
};

/** @param {Gateway} gateway @param {TypeSchemas} types @param {string} version */
export function openApiDocument({ module, operationKey, plainOperations, problems }, types, version) {
  const writer = new Writer(types, problems);
  for (const route of routesOf(module, operationKey)) writer.addRoute(route);
  for (const operation of plainOperations) writer.addPlain(operation);
  types.addComponent('Problem', 'ProblemBody');
  types.addComponent('JsonApiPageQuery', 'JsonApiErrors');
  return {
    openapi: '3.1.0',
    info: {
      title: 'Traylinx API Keys',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...writer.tags].sort().map((name) => ({ name })),
    paths: sorted(writer.paths),
    components: {
      schemas: sorted(Object.fromEntries(types.components)),
      responses: sorted(writer.responses),
      headers: HEADERS,
      securitySchemes: {
        admin: {
          type: 'http',
          scheme: 'bearer',
          description: 'The admin token, or an access token of the identity provider.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-traylinx-session',
          description: 'The session of a browser.',
        },
        service: {
          type: 'http',
          scheme: 'bearer',
          description: 'A service token, where `SERVICE_TOKENS` is set.',
        },
        apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'tlx_…', description: 'An API key.' },
      },
    },
  };
}

class Writer {
  /** @type {Json} */ paths = {};
  /** @type {Json} */ responses = {};
  /** @type {Set<string>} */ tags = new Set();
  /** @type {Set<string>} */ #ids = new Set();
  #types;
  #problems;

  /** @param {TypeSchemas} types @param {Record<string, readonly [number, string]>} problems */
  constructor(types, problems) {
    this.#types = types;
    this.#problems = problems;
  }

  /** @param {Route} route */
  addRoute({ controller, handler, method, path, status, headers, inputs, policy, operation }) {
    const inSession = method !== 'get' && securityOf(policy).some((way) => 'session' in way);
    const parameters = [
      ...inOrderOf(path, this.#parameters('path', inputs.params)),
      ...this.#parameters('query', inputs.query),
      ...headerParameters({ ...operation.requestHeaders, ...(inSession ? CSRF_HEADER : {}) }),
    ];
    const constant = Object.entries(headers).map(([name, value]) => [
      name,
      value === 'no-store' ? ref('headers', 'NoStore') : { required: true, schema: { const: value } },
    ]);
    const mediaTypes = mediaTypesOf(path, operation.mediaType);
    const answer = this.#types.answerOf(controller.name, handler);
    this.#add(method, path, {
      tag: tagOf(controller.name),
      parameters,
      requestBody: inputs.body && this.#requestBody(inputs.body, mediaTypes, operation.example),
      success: {
        status,
        headers: Object.fromEntries(constant),
        content: answer === undefined ? undefined : asEach(mediaTypes, { schema: answer }),
      },
      readsBody: inputs.body !== undefined || method === 'delete',
      policy,
      operation,
    });
  }

  /** @param {PlainOperation} operation */
  addPlain({ method, path, tag, policy, query = {}, ...operation }) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    }));
    const inQuery = Object.entries(query).map(([name, value]) => ({ name, in: 'query', ...value }));
    this.#add(method, path, {
      tag,
      parameters: [...inPath, ...inQuery],
      requestBody: undefined,
      success: { status: operation.status ?? 200, headers: {}, content: undefined },
      readsBody: false,
      policy,
      operation,
    });
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} parts
   * @param {string} parts.tag
   * @param {Json[]} parts.parameters
   * @param {Json | undefined} parts.requestBody
   * @param {{ status: number, headers: Json, content: Json | undefined }} parts.success
   * @param {boolean} parts.readsBody
   * @param {Route['policy']} parts.policy
   * @param {Route['operation']} parts.operation
   */
  #add(method, path, { tag, parameters, requestBody, success, readsBody, policy, operation }) {
    const { id, summary, description, answerHeaders = {} } = operation;
    if (this.#ids.has(id)) throw new Error(`Two operations are named ${id}`);
    this.#ids.add(id);
    this.tags.add(tag);
    /** @type {Json} */
    const responses = {
      [success.status]: {
        description: success.status === 204 ? 'Done.' : 'Success.',
        headers: { ...EVERY_ANSWER, ...success.headers, ...answerHeaders },
        ...(success.content === undefined ? {} : { content: success.content }),
      },
    };
    for (const [status, codes] of problemsOf(operation, {
      policy,
      changes: method !== 'get',
      path,
      readsBody,
      problems: this.#problems,
    })) {
      responses[status] = this.#problem(status, codes, path);
    }
    (this.paths[path] ??= {})[method] = {
      operationId: id,
      summary,
      ...(description === undefined ? {} : { description }),
      tags: [tag],
      security: securityOf(policy),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(requestBody === undefined ? {} : { requestBody }),
      responses,
    };
  }

  /** @param {number} status @param {string[]} codes @param {string} path */
  #problem(status, codes, path) {
    const name = nameOfProblems(codes, path);
    this.responses[name] ??= problemResponse(status, codes, {
      problems: this.#problems,
      everyAnswer: EVERY_ANSWER,
      mediaTypes: isJsonApi(path) ? mediaTypesOf(path) : undefined,
    });
    return ref('responses', name);
  }

  /** @param {'path' | 'query'} where @param {(new () => object) | undefined} InputClass */
  #parameters(where, InputClass) {
    if (InputClass === undefined) return [];
    return inputFields(InputClass, this.#types.fieldsOf(InputClass.name)).map(
      ({ name, required, schema }) => {
        const { description, ...rest } = schema;
        return {
          name,
          in: where,
          required,
          ...(description === undefined ? {} : { description }),
          schema: rest,
        };
      },
    );
  }

  /** @param {new () => object} BodyClass @param {string[]} mediaTypes @param {object | undefined} example */
  #requestBody(BodyClass, mediaTypes, example) {
    this.#addInput(BodyClass);
    const content = { schema: ref('schemas', BodyClass.name), ...(example === undefined ? {} : { example }) };
    return { required: true, content: asEach(mediaTypes, content) };
  }

  /** @param {new () => object} BodyClass */
  #addInput(BodyClass) {
    const fields = inputFields(BodyClass, this.#types.fieldsOf(BodyClass.name));
    const required = fields.filter((field) => field.required).map(({ name }) => name);
    const schema = {
      type: 'object',
      properties: Object.fromEntries(fields.map((field) => [field.name, field.schema])),
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    };
    this.#types.components.set(BodyClass.name, schema);
    for (const Part of partsOf(BodyClass)) this.#addInput(Part);
  }
}

/** @param {Readonly<Record<string, ValueDescription>>} [headers] */
function headerParameters(headers = {}) {
  return Object.entries(headers).map(([name, value]) => ({ name, in: 'header', ...value }));
}

/** @template {{ name: string }} P @param {string} path @param {P[]} parameters */
function inOrderOf(path, parameters) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const declared = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  if (names.length !== declared.size || !names.every((name) => declared.has(name ?? ''))) {
    throw new Error(`The class of the parameters of ${path} has ${[...declared.keys()].join() || 'none'}`);
  }
  return names.flatMap((name) => declared.get(name ?? '') ?? []);
}

/** `ApiKeysController` → `Api keys`. @param {string} controller */
function tagOf(controller) {
  const words = controller.replace(/Controller$/, '').replace(/(?<!^)([A-Z])/g, ' $1');
  const tag = (words.charAt(0) + words.slice(1).toLowerCase()).replace(/\bapi\b/i, 'API');
  return tag.replace('Json API', 'JSON:API');
}

/** @param {Json} record @returns {Json} */
function sorted(record) {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
