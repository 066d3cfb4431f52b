import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

type Mode = 'open' | 'cut' | 'stalled';

/** Stands between one service and one store, so that a test can break that connection and no other. */
export interface TcpProxy {
  /** The URL of the store, through the proxy. */
  url(storeUrl: string): string;
  /** Closes all connections, and every new one at once. */
  cut(): void;
  /** Keeps connections, accepts new ones, and passes nothing on. */
  stall(): void;
  /** As if nothing had been; what was held back while stalled is passed on. */
  heal(): void;
  close(): Promise<void>;
}

/** @param targetUrl of the store on this machine */
export async function startTcpProxy(targetUrl: string): Promise<TcpProxy> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let mode: Mode = 'open';

  const server = createServer((inbound) => {
    if (mode === 'cut') {
      inbound.destroy();
      return;
    }
    const outbound = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (mode === 'stalled') from.pause();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: (storeUrl) => {
      const url = new URL(storeUrl);
      url.port = String(port);
      return url.href;
    },
    cut: () => {
      mode = 'cut';
      for (const socket of sockets) socket.destroy();
    },
    stall: () => {
      mode = 'stalled';
      for (const socket of sockets) socket.pause();
    },
    heal: () => {
      mode = 'open';
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
