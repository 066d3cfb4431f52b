import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { collectDefaultMetrics, register } from 'prom-client';
import type { Readiness } from './readiness.js';
import { redactText } from './redaction.js';

export interface OperationsConfig {
  OPERATIONS_HOST: string;
  OPERATIONS_PORT: number;
}

/**
 * The door for operators, on a port of its own: `GET /livez` (the process runs), `GET /readyz` (it should be
 * given work; if not, what is missing) and `GET /metrics` (Prometheus). It opens before anything else is
 * tried and closes last.
 */
export class OperationsServer {
  private readonly server: Server;

  constructor(
    private readonly config: OperationsConfig,
    private readonly readiness: Readiness,
  ) {
    this.server = createServer((request, response) => {
      this.answer(request.method, request.url, response).catch((error: unknown) => {
        // A metric that cannot be collected is no reason to end the process.
        send(response, 500, 'text/plain', `${redactText(String(error))}\n`);
      });
    });
    // Probes come from one place every few seconds; nothing here needs patience.
    this.server.headersTimeout = 5_000;
    this.server.requestTimeout = 5_000;
  }

  /** @throws when the port is taken. */
  async start(): Promise<void> {
    // The default register keeps one set of default metrics, whoever asks first.
    if (register.getSingleMetric('process_cpu_seconds_total') === undefined) collectDefaultMetrics();
    this.server.listen(this.config.OPERATIONS_PORT, this.config.OPERATIONS_HOST);
    await once(this.server, 'listening');
  }

  /** The port in use, which differs from the configured one when that is 0. */
  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : this.config.OPERATIONS_PORT;
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async answer(method = '', url = '', response: ServerResponse): Promise<void> {
    const path = url.split('?', 1)[0];
    if (method !== 'GET' && method !== 'HEAD') send(response, 405, 'text/plain', 'Only GET.\n');
    else if (path === '/livez') send(response, 200, 'text/plain', 'live\n');
    else if (path === '/readyz') await this.answerReadiness(response);
    else if (path === '/metrics') send(response, 200, register.contentType, await register.metrics());
    else send(response, 404, 'text/plain', 'There are /livez, /readyz and /metrics.\n');
  }

  private async answerReadiness(response: ServerResponse): Promise<void> {
    const missing = await this.readiness.missing();
    const ready = Object.keys(missing).length === 0;
    const body = JSON.stringify(ready ? { ready } : { ready, missing });
    send(response, ready ? 200 : 503, 'application/json', `${redactText(body)}\n`);
  }
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
}
