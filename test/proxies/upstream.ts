import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  /** All that was received of it. */
  bodyBytes: number;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** The service behind a proxy: remembers what reached it, and answers with that. */
export class Upstream {
  readonly seen: Seen[] = [];
  readonly #server = createServer((request, response) => {
    const handler = this.#handlers.get(request.url?.split('?')[0] ?? '');
    if (handler) handler(request, response);
    else void this.#echo(request, response);
  });
  readonly #handlers = new Map<string, Handler>();

  static async start(): Promise<Upstream> {
    const upstream = new Upstream();
    // What is asked after an upgrade is nobody's business here: there must be none.
    upstream.#server.on('upgrade', (_request, socket) => {
      upstream.upgrades++;
      socket.destroy();
    });
    upstream.#server.listen(0, '127.0.0.1');
    await once(upstream.#server, 'listening');
    return upstream;
  }

  upgrades = 0;

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Has something else than the echo answer at a path. */
  handle(path: string, handler: Handler): void {
    this.#handlers.set(path, handler);
  }

  async #echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let bodyBytes = 0;
    for await (const chunk of request) bodyBytes += (chunk as Buffer).length;
    const { method = '', url = '', headers } = request;
    const seen = { method, url, headers, bodyBytes };
    this.seen.push(seen);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(seen));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
