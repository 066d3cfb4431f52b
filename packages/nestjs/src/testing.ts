import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export interface FakeKey {
  key: string;
  keyId: string;
  projectId: string;
  expiresAt: string | null;
}

type State = FakeKey & { isDeleted: boolean };

/**
 * A gateway for the tests of your own service: it verifies keys that you have added to it, and is down when you say so.
 *
 *     const gateway = await FakeGateway.start();
 *     app.use(requireApiKey({ traylinx: { baseUrl: gateway.url } }));
 *     const { key } = gateway.addKey();
 */
export class FakeGateway {
  /** Questions that were asked, one for each verified key. */
  verifications = 0;
  /** Whether every answer is 503. */
  isDown = false;
  readonly #keys = new Map<string, State>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<FakeGateway> {
    const gateway = new FakeGateway();
    gateway.#server.listen(0, '127.0.0.1');
    await once(gateway.#server, 'listening');
    return gateway;
  }

  /** For `baseUrl`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A good key, of a project of its own unless told. */
  addKey({ projectId = randomUUID(), expiresAt }: { projectId?: string; expiresAt?: Date } = {}): FakeKey {
    const key = makeKey();
    const fakeKey = { key, keyId: randomUUID(), projectId, expiresAt: expiresAt?.toISOString() ?? null };
    this.#keys.set(key, { ...fakeKey, isDeleted: false });
    return fakeKey;
  }

  /** From now on, it is refused. */
  deleteKey({ key }: Pick<FakeKey, 'key'>): void {
    const state = this.#keys.get(key);
    if (state) state.isDeleted = true;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.isDown) {
      send(response, 503, { code: 'unavailable', status: 503, title: 'It cannot be known at the moment' });
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as {
      key?: string;
      keys?: string[];
      projectId?: string;
    };
    if (request.url === '/v1/api-keys/verify') send(response, 200, this.#verify(body.key, body.projectId));
    else if (request.url === '/v1/api-keys/batch-verify') {
      send(response, 200, { results: (body.keys ?? []).map((key) => this.#verify(key)) });
    } else send(response, 404, { code: 'route_not_found', status: 404, title: 'There is no such route' });
  }

  #verify(text: string | undefined, projectId?: string): object {
    this.verifications += 1;
    const state = this.#keys.get(text?.trim() ?? '');
    if (state === undefined) return { valid: false, code: 'UNKNOWN' };
    if (state.isDeleted) return { valid: false, code: 'DELETED' };
    const { expiresAt, keyId } = state;
    if (expiresAt !== null && Date.parse(expiresAt) <= Date.now()) return { valid: false, code: 'EXPIRED' };
    if (projectId !== undefined && projectId !== state.projectId)
      return { valid: false, code: 'WRONG_PROJECT' };
    return { valid: true, code: 'VALID', keyId, projectId: state.projectId, expiresAt };
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  const type = status === 200 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type, ...(status === 503 ? { 'retry-after': '0' } : {}) });
  response.end(JSON.stringify(body));
}

/** Of the form and with the checksum of a real one. */
function makeKey(): string {
  const secret = randomBytes(32).toString('hex');
  const start = `tlx_${base62(BigInt(`0x${secret}`), 43)}`;
  // The CRC-32 is in the trailer of gzip; node:zlib has it by name from Node 20.15 only.
  const checksum = gzipSync(start).subarray(-8).readUInt32LE();
  return start + base62(BigInt(checksum), 6);
}

function base62(value: bigint, characters: number): string {
  const digit = (at: number): string => ALPHABET.charAt(Number((value / 62n ** BigInt(at)) % 62n));
  return Array.from({ length: characters }, (_, index) => digit(characters - 1 - index)).join('');
}
