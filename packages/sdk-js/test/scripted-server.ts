import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `lost`: the connection ends without an answer; `silence`: nothing ever comes. */
export type Reply =
  { status: number; headers?: Record<string, string>; json?: unknown; text?: string } | 'lost' | 'silence';

export interface ReceivedRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface ScriptedServer {
  url: string;
  requests: ReceivedRequest[];
  /** What comes next, one for each request; the last one for all that follow. */
  play(...replies: Reply[]): void;
  close(): Promise<void>;
}

/** Answers as bad gateways and proxies do, which the real one cannot be made to do. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  let script: Reply[] = [];
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      requests.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      const reply = script.length > 1 ? script.shift() : script[0];
      answer(response, reply ?? { status: 500 });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    play: (...replies) => {
      script = replies;
      requests.length = 0;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function problem(status: number, code: string, more: object = {}): Reply {
  const body = { type: `urn:traylinx:problem:${code}`, title: code, status, code, requestId: 'r-1', ...more };
  return { status, headers: { 'content-type': 'application/problem+json' }, text: JSON.stringify(body) };
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply === 'silence') return;
  if (reply === 'lost') {
    response.destroy();
    return;
  }
  const { status, headers = {}, json, text = json === undefined ? '' : JSON.stringify(json) } = reply;
  response.writeHead(status, {
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  });
  response.end(text);
}
