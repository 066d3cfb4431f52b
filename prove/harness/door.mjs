import { Agent, request } from 'node:http';

/** No answer came: what was asked for may or may not have been done. `message` says why. */
export class NoAnswerError extends Error {}

/** One of the gateways, as plain HTTP. */
export class Door {
  #agent = new Agent({ keepAlive: true, maxFreeSockets: 64 });
  #url;
  #adminToken;

  /** @param {string} name @param {string} url @param {string} adminToken */
  constructor(name, url, adminToken) {
    this.name = name;
    this.#url = new URL(url);
    this.#adminToken = adminToken;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {{ credential?: string, body?: unknown, timeoutMs: number }} options credential: the admin token unless given
   * @returns {Promise<{ status: number, body: any }>} body: undefined when it is no JSON
   * @throws NoAnswerError
   */
  ask(method, path, { credential = this.#adminToken, body, timeoutMs }) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const options = {
        method,
        path,
        host: this.#url.hostname,
        port: this.#url.port,
        agent: this.#agent,
        headers: {
          authorization: `Bearer ${credential}`,
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        },
      };
      const asked = request(options, (answer) => {
        const chunks = /** @type {Buffer[]} */ ([]);
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('error', fail);
        answer.on('end', () => {
          clearTimeout(timer);
          const isJson = /json/.test(answer.headers['content-type'] ?? '');
          const content = Buffer.concat(chunks).toString();
          resolve({
            status: answer.statusCode ?? 0,
            body: isJson && content ? JSON.parse(content) : undefined,
          });
        });
      });
      const timer = setTimeout(() => asked.destroy(new Error('timeout of the client')), timeoutMs);
      asked.on('error', fail);
      asked.end(text);

      /** @param {Error & { code?: string }} error */
      function fail(error) {
        clearTimeout(timer);
        reject(new NoAnswerError(error.code ?? error.message));
      }
    });
  }

  close() {
    this.#agent.destroy();
  }
}
