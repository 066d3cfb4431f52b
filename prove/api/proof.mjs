// Sends random requests to a platform, and holds every answer against the document that this platform serves.
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { Random } from '../harness/random.mjs';
import { AnswerChecker } from './answers.mjs';
import { HOSTILE_BYTES } from './hostile-values.mjs';
import { RequestMaker } from './request-maker.mjs';

/** @typedef {Record<string, any>} Json */
/** @typedef {import('./request-maker.mjs').MadeRequest} MadeRequest */
/** @typedef {{ request: string, answer: string, wrong: string[] }} Violation */
/** @typedef {{ requests: number, statuses: Record<string, number>, operations: number, violations: Violation[] }} Result */

const CONCURRENCY = 16;
const MAX_VIOLATIONS = 20;
/** Of what there is to ask for: enough to tell apart, and a list stays short. */
const MAX_KNOWN = 40;
const RAW_SHARE = 0.01;
const LIMITED_SHARE = 0.1;
const MAX_SHOWN_CHARACTERS = 400;

/** Where browsers are said to find it: the same for both gateways, as the session is. */
export const ORIGIN = 'https://keys.example';

/** The limits of one gateway are soon reached, and little but 429 comes from it then; those of the other one never are. */
export const PROVED_PLATFORM = {
  replicas: { gateway: 2 },
  env: {
    gateway: { PUBLIC_URL: ORIGIN, REQUEST_TIMEOUT_MS: '2000' },
    'gateway-1': {
      TRUSTED_PROXIES: 'loopback',
      MAX_FAILED_CREDENTIALS_PER_MINUTE: '5',
      MAX_FAILED_VERIFICATIONS_PER_MINUTE: '5',
      MAX_SIGN_INS_PER_MINUTE: '5',
      SERVICE_TOKENS: 'a-service-token-of-more-than-32-characters',
    },
    'gateway-2': {
      MAX_CHANGES_PER_MINUTE: '0',
      MAX_FAILED_CREDENTIALS_PER_MINUTE: '0',
      MAX_SIGN_INS_PER_MINUTE: '0',
    },
  },
};

/**
 * @param {{ gatewayUrls: string[], adminToken: string }} platform as {@link PROVED_PLATFORM} says
 * @param {{ seed: number, requests: number }} options
 * @returns {Promise<Result>}
 */
export async function proveApi(
  { gatewayUrls: [limited = '', unlimited = ''], adminToken },
  { seed, requests },
) {
  /** @type {Json} */
  const document = /** @type {any} */ (await (await fetch(`${unlimited}/openapi.json`)).json());
  const run = new Run({ limited, unlimited }, adminToken, document, seed);
  await run.makeWorld();
  let left = requests;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (left-- > 0 && run.violations.length < MAX_VIOLATIONS) await run.once();
    }),
  );
  run.end();
  const { statuses, violations } = run;
  return { requests: requests - Math.max(0, left), statuses, operations: run.operations.size, violations };
}

class Run {
  /** @type {Record<string, number>} */ statuses = {};
  /** @type {Set<string>} */ operations = new Set();
  /** @type {Violation[]} */ violations = [];
  #agent = new Agent({ keepAlive: true });
  #urls;
  #document;
  #random;
  /** @type {import('./request-maker.mjs').World} */
  #world;
  #maker;
  #checker;

  /** @param {{ limited: string, unlimited: string }} urls @param {string} adminToken @param {Json} document @param {number} seed */
  constructor(urls, adminToken, document, seed) {
    this.#urls = urls;
    this.#document = document;
    this.#random = new Random(seed, 'requests');
    this.#world = {
      adminToken,
      origin: ORIGIN,
      session: { cookie: '', csrfToken: '' },
      projectIds: [],
      apiKeys: [],
    };
    this.#maker = new RequestMaker(document, this.#random, this.#world);
    this.#checker = new AnswerChecker(document);
  }

  /** Something to ask for. The examples of the document are enough to make it, and have to be. */
  async makeWorld() {
    const admin = { authorization: `Bearer ${this.#world.adminToken}`, 'content-type': 'application/json' };
    for (let i = 0; i < 3; i++) {
      const { text } = await this.#send({
        method: 'post',
        path: '/v1/projects',
        headers: admin,
        body: '{"name":"Proof"}',
      });
      const { id } = JSON.parse(text);
      this.#world.projectIds.push(id);
      for (let n = 0; n < 5; n++) {
        const made = await this.#send({
          method: 'post',
          path: `/v1/projects/${id}/api-keys`,
          headers: admin,
          body: '{}',
        });
        this.#world.apiKeys.push(JSON.parse(made.text));
      }
    }
    await this.#signIn();
  }

  /** As the console does. A request may end the session; the next one that begins one is ours. */
  async #signIn() {
    const { headers } = await this.#send({
      method: 'post',
      path: '/v1/session',
      headers: { 'content-type': 'application/json', origin: ORIGIN },
      body: JSON.stringify({ adminToken: this.#world.adminToken }),
    });
    await this.#learnSession(headers.get('set-cookie'));
  }

  /** @param {string | null} setCookie */
  async #learnSession(setCookie) {
    const [cookie = ''] = setCookie?.split(';') ?? [];
    const { text } = await this.#send({
      method: 'get',
      path: '/v1/me',
      headers: { cookie },
      body: undefined,
    });
    this.#world.session = { cookie, csrfToken: JSON.parse(text).csrfToken };
  }

  async once() {
    if (this.#random.chance(RAW_SHARE)) return this.#sendRaw(this.#random.pick(HOSTILE_BYTES));
    const request = this.#maker.next();
    const asked = this.#operationOf(request);
    const url = this.#random.chance(LIMITED_SHARE) ? this.#urls.limited : this.#urls.unlimited;
    const answer = await this.#send(request, url);
    this.statuses[answer.status] = (this.statuses[answer.status] ?? 0) + 1;
    if (asked !== undefined) this.operations.add(asked['operationId']);
    const wrong = this.#checker.violations({ operation: asked, ...request }, answer);
    if (wrong.length > 0) this.#report(request, answer, wrong);
    await this.#learn(asked, answer);
  }

  end() {
    this.#agent.destroy();
  }

  /** Which operation the target is; some hostile targets are others than they were made from. @param {MadeRequest} request @returns {Json | undefined} */
  #operationOf({ method, path }) {
    const [target = ''] = path.split('?');
    const paths = Object.entries(this.#document['paths']).filter(([template]) =>
      patternOf(template).test(target),
    );
    // A path without parameters is meant before one that has some.
    const [, operations] = paths.sort(([a], [b]) => a.split('{').length - b.split('{').length)[0] ?? [];
    // What has every method that OpenAPI knows has the others, too.
    const standsForMore = method === 'head' || operations?.trace !== undefined;
    return operations?.[method] ?? (standsForMore ? operations?.get : undefined);
  }

  /** @param {MadeRequest} request @param {string} [url] @returns {Promise<{ status: number, headers: Headers, text: string }>} */
  async #send({ method, path, headers, body }, url = this.#urls.unlimited) {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const { hostname, port } = new URL(url);
    const options = {
      method: method.toUpperCase(),
      hostname,
      port,
      path,
      headers: { ...headers, ...length },
      agent: this.#agent,
    };
    const sent = httpRequest(options);
    // A body that is too large is refused before all of it was sent.
    const failed = new Promise((_resolve, reject) => sent.on('error', reject));
    failed.catch(() => undefined);
    sent.end(body);
    const [response] = await Promise.race([once(sent, 'response'), failed]);
    let text = '';
    response.setEncoding('utf8');
    for await (const chunk of response) text += String(chunk);
    /** @type {[string, string][]} */
    const pairs = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
    return { status: response.statusCode, headers: new Headers(pairs), text };
  }

  /** @param {string} bytes */
  async #sendRaw(bytes) {
    const { hostname, port } = new URL(this.#urls.unlimited);
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk) => (text += String(chunk)));
    // The rest of what is refused may be answered with a reset.
    socket.on('error', () => undefined);
    socket.end(bytes);
    await once(socket, 'close');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0);
    this.statuses[`raw ${status}`] = (this.statuses[`raw ${status}`] ?? 0) + 1;
    if (status >= 400 && status < 500 && /\r\nx-request-id: /i.test(text)) return;
    this.violations.push({
      request: JSON.stringify(bytes.slice(0, 200)),
      answer: shown(text),
      wrong: ['it is no problem'],
    });
  }

  /** @param {MadeRequest} request @param {{ status: number, headers: Headers, text: string }} answer @param {string[]} wrong */
  #report({ method, path, headers, body }, { status, headers: answered, text }, wrong) {
    const request = shown(`${method.toUpperCase()} ${path} ${JSON.stringify(headers)} ${body ?? ''}`);
    this.violations.push({
      request,
      answer: shown(`${status} ${JSON.stringify([...answered])} ${text}`),
      wrong,
    });
  }

  /** @param {Json | undefined} operation @param {{ status: number, headers: Headers, text: string }} answer */
  async #learn(operation, { status, headers, text }) {
    if (status === 204 && operation?.['operationId'] === 'signIn')
      await this.#learnSession(headers.get('set-cookie'));
    if (status !== 201 || operation === undefined) return;
    const made = JSON.parse(text);
    if (operation['operationId'] === 'createProject') keep(this.#world.projectIds, made.id, this.#random);
    if (operation['operationId'] === 'createApiKey') keep(this.#world.apiKeys, made, this.#random);
  }
}

/** @template T @param {T[]} list @param {T} item @param {Random} random */
function keep(list, item, random) {
  if (list.length < MAX_KNOWN) list.push(item);
  else list[Math.floor(random.between(0, MAX_KNOWN))] = item;
}

/** `/v1/auth/{path}` is everything below. @param {string} template */
function patternOf(template) {
  const source = template
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{path\}/g, '.*')
    .replace(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${source}$`);
}

/** @param {string} text */
function shown(text) {
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}
