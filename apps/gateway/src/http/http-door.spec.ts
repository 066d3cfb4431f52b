import fastify, { type FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { GatewayConfig } from '../gateway.config.js';
import { fastifyOptions } from './http-door.js';

const SHORT_MS = 400;
const CONFIG = {
  MAX_BODY_BYTES: 1_024,
  MAX_HEADER_BYTES: 4_096,
  MAX_URL_CHARACTERS: 256,
  REQUEST_TIMEOUT_MS: SHORT_MS,
  STALL_TIMEOUT_MS: SHORT_MS,
} as GatewayConfig;
const NEVER_MS = 60_000;

describe('a client that is slow', () => {
  let door: FastifyInstance;

  afterEach(() => door.close());

  /** @returns the two ends of one connection */
  async function open(config: Partial<GatewayConfig>): Promise<{ client: Socket; server: Socket }> {
    door = fastify(fastifyOptions({ ...CONFIG, ...config } as GatewayConfig));
    door.get('/endless', (_request, reply) => reply.send(Readable.from(endless())));
    door.post('/', (request) => request.body);
    await door.listen({ host: '127.0.0.1', port: 0 });
    const accepted = once(door.server, 'connection') as Promise<[Socket]>;
    const client = connect((door.server.address() as AddressInfo).port, '127.0.0.1');
    client.on('error', () => undefined);
    const [server] = await accepted;
    return { client, server };
  }

  /** Not `once` of Node, which would fail of the error that the server closes it with. */
  const closed = (server: Socket): Promise<void> => new Promise((resolve) => server.once('close', resolve));

  function* endless(): Generator<Buffer> {
    for (;;) yield Buffer.alloc(65_536);
  }

  it('and reads nothing of what it has asked for is cut off', async () => {
    const { client, server } = await open({ REQUEST_TIMEOUT_MS: NEVER_MS });
    client.pause().write('GET /endless HTTP/1.1\r\nHost: x\r\n\r\n');
    await closed(server);
    client.destroy();
  });

  it('and says nothing is cut off', async () => {
    const { client, server } = await open({ STALL_TIMEOUT_MS: NEVER_MS });
    await closed(server);
    client.destroy();
  });

  it.each([
    ['head', 'POST / HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    ['body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n"'],
  ])('and sends its %s a byte at a time is told so and cut off', async (_what, text) => {
    const { client, server } = await open({ STALL_TIMEOUT_MS: NEVER_MS });
    let answer = '';
    client.on('data', (chunk) => (answer += String(chunk)));
    client.write(text);
    const trickle = setInterval(() => client.write('x'), SHORT_MS / 10);
    await closed(server);
    clearInterval(trickle);
    client.destroy();
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
  });
});
