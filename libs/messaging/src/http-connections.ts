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
  /**
   * The open connections with their latest response, before which all earlier ones are sent. Not a set of responses: what
   * is put into a set and taken out again thousands of times a second survives in its discarded tables, and the garbage
   * collector then took a fifth of the gateway's time.
   */
  private readonly latest = new Map<Socket, ServerResponse | undefined>();
  private draining = false;

  constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.latest.set(socket, undefined);
      // Node remembers it once it was read, and cannot tell it after a caller has hung up: limits and the audit trail ask then.
      // eslint-disable-next-line @typescript-eslint/no-meaningless-void-operator -- reading it is what counts
      void socket.remoteAddress;
      socket.once('close', () => this.latest.delete(socket));
    });
    // First in line, so that a response is known before a handler can have sent it.
    server.prependListener('request', ({ socket }, response) => {
      this.latest.set(socket, response);
      if (this.draining) announceEnd(response);
    });
  }

  /** The response to the latest request of a connection, sent or not; all earlier ones are sent before it. */
  latestResponseOn(socket: Socket): ServerResponse | undefined {
    return this.latest.get(socket);
  }

  /**
   * Accepts no more connections; resolves when every request that has arrived is answered. One that has arrived only in
   * part has 5 s for the rest, or what the server grants if that is less: nobody may keep us by sending half a body.
   */
  async drain(): Promise<void> {
    if (!this.server.listening) return;
    this.draining = true;
    this.server.close();
    for (const [socket, response] of this.latest) {
      if (response === undefined || response.writableFinished) socket.destroy();
      else announceEnd(response);
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
    for (const [socket, response] of this.latest) if (response?.req.complete === false) socket.destroy();
  }
}

/** Node hangs up after such a response, and a client that has been told sends nothing into the void. */
function announceEnd(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
