import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to the gateway that loses the answer to the first POST, which has had its effect by then. */
export async function startLossyWay(
  gatewayUrl: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  let hasLostOne = false;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void forward(gatewayUrl + String(request.url), request.method, request.headers, chunks).then(
        async (answer) => {
          const text = await answer.text();
          if (request.method === 'POST' && !hasLostOne) {
            hasLostOne = true;
            response.destroy();
            return;
          }
          const type = answer.headers.get('content-type');
          response.writeHead(answer.status, type === null ? {} : { 'content-type': type }).end(text);
        },
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function forward(
  url: string,
  method = 'GET',
  headers: NodeJS.Dict<string | string[]>,
  chunks: Buffer[],
): Promise<Response> {
  const carried = ['authorization', 'content-type', 'idempotency-key', 'x-request-id'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as [string, string]] : [];
  });
  return fetch(url, {
    method,
    headers: Object.fromEntries(carried),
    ...(method === 'GET' ? {} : { body: Buffer.concat(chunks) }),
  });
}
