import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { HttpConnections } from './http-connections.js';

describe('an HTTP server that ends', () => {
  let server: Server;
  let connections: HttpConnections;
  const unanswered: ServerResponse[] = [];

  beforeEach(async () => {
    unanswered.length = 0;
    server = createServer((request, response) => {
      if (request.url === '/slow') unanswered.push(response);
      else response.end('answer');
    });
    connections = new HttpConnections(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  const client = async (): Promise<Socket> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await Promise.all([once(socket, 'connect'), once(server, 'connection')]);
    return socket;
  };
  const get = (socket: Socket, path: string): boolean =>
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  const textUntilEnd = async (socket: Socket): Promise<string> => {
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    await once(socket, 'close');
    return text;
  };

  it('hangs up where nothing was ever asked', async () => {
    const socket = await client();
    const closed = once(socket, 'close');
    await connections.drain();
    await closed;
  });

  it('hangs up where everything is answered', async () => {
    const socket = await client();
    get(socket, '/');
    await once(socket, 'data');
    const closed = once(socket, 'close');
    await connections.drain();
    await closed;
  });

  it('answers what has been asked, says that this was all, and hangs up', async () => {
    const socket = await client();
    const text = textUntilEnd(socket);
    get(socket, '/slow');
    await once(server, 'request');
    const drained = connections.drain();
    unanswered[0]?.end('late answer');
    expect(await text).toMatch(/^HTTP\/1.1 200 OK\r\n.*connection: close\r\n.*late answer/is);
    await drained;
  });

  it('answers what arrives on a connection that is still in use', async () => {
    const socket = await client();
    const text = textUntilEnd(socket);
    get(socket, '/slow');
    await once(server, 'request');
    unanswered[0]?.flushHeaders();
    const drained = connections.drain();
    get(socket, '/');
    unanswered[0]?.end('late answer');
    expect(await text).toMatch(/late answer.*HTTP\/1.1 200 OK\r\n.*connection: close\r\n.*answer/is);
    await drained;
  });

  it('waits for the rest of a request as long as the server grants, and no longer', async () => {
    server.requestTimeout = 300;
    const socket = await client();
    const text = textUntilEnd(socket);
    socket.write('POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{');
    await once(server, 'request');
    await connections.drain();
    expect(await text).toBe('');
  });

  it('ends at once when it never listened', async () => {
    await new HttpConnections(createServer()).drain();
    await connections.drain();
  });
});

it('the address of a caller who has hung up is still known', async () => {
  const server = createServer();
  new HttpConnections(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const asked = once(server, 'request') as Promise<[IncomingMessage]>;
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const [request] = await asked;
    const closed = once(request.socket, 'close');
    socket.destroy();
    await closed;
    expect(request.socket.remoteAddress).toBe('127.0.0.1');
  } finally {
    server.close();
  }
});
