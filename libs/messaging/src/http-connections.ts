import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Node no longer looks for requests that are late once the server has been told to close. */
const ARRIVAL_LIMIT_MS = 5_000;

/**
 * Lets an HTTP server end when its work is done. On its own it waits for clients to hang up: Node closes the
 * connections that are idle at that moment, but neither those that become idle later nor those on which nothing
 * was ever said.
 */
export class HttpConnections {
  private readonly sockets = new Set<Socket>();
  private readonly responses = new Set<ServerResponse>();
  private draining = false;

  constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    // First in line, so that a response is known before a handler can have sent it.
    server.prependListener('request', (_request, response) => {
      this.responses.add(response);
      response.once('close', () => this.responses.delete(response));
      if (this.draining) announceEnd(response);
    });
  }

  /**
   * Accepts no more connections; resolves when every request that has arrived is answered. One that has arrived only in
   * part has 5 s for the rest, or what the server grants if that is less: nobody may keep us by sending half a body.
   */
  async drain(): Promise<void> {
    if (!this.server.listening) return;
    this.draining = true;
    this.server.close();
    const busy = new Set<Socket | null>();
    for (const response of this.responses) {
      busy.add(response.socket);
      announceEnd(response);
    }
    for (const socket of this.sockets) {
      if (!busy.has(socket)) socket.destroy();
    }
    const late = setTimeout(
      () => {
        this.hangUpOnLateRequests();
      },
      Math.min(ARRIVAL_LIMIT_MS, this.server.requestTimeout || ARRIVAL_LIMIT_MS),
    );
    await once(this.server, 'close');
    clearTimeout(late);
  }

  private hangUpOnLateRequests(): void {
    for (const { req, socket } of this.responses) if (!req.complete) socket?.destroy();
  }
}

/** Node hangs up after such a response, and a client that has been told sends nothing into the void. */
function announceEnd(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
