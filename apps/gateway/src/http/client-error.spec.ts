import { HttpConnections } from '#messaging';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { answerClientError } from './client-error.js';

const GARBAGE = 'NO HTTP AT ALL\r\n\r\n';

describe('what cannot be read as a request', () => {
  let server: Server;
  let unanswered: ServerResponse[];

  beforeEach(async () => {
    unanswered = [];
    server = createServer((_request, response) => {
      unanswered.push(response);
      server.emit('waiting');
    });
    const connections = new HttpConnections(server);
    server.on('clientError', (error: Error, socket: Socket) => {
      answerClientError(error, socket, { connections, headers: { 'x-frame-options': 'DENY' } });
      server.emit('broken');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => server.close());

  /** What comes back until the connection is closed; `text` is sent in one piece. */
  async function say(text: string): Promise<string> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += String(chunk)));
    socket.write(text);
    await once(socket, 'close');
    return answer;
  }

  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const statuses = (answer: string): string[] =>
    [...answer.matchAll(/^HTTP\/1.1 (\d+)/gm)].map(([, s]) => s ?? '');

  it('is refused at once where nothing else was asked', async () => {
    expect(statuses(await say(GARBAGE))).toEqual(['400']);
  });

  it('tells browsers what every other answer tells them', async () => {
    expect(await say(GARBAGE)).toMatch(/^x-frame-options: DENY\r$/m);
  });

  it('gets no body where HEAD was asked, as the client would take it for another answer', async () => {
    const [head, body] = (await say(`HEAD / HTTP/1.1\r\nno header\r\n\r\n`)).split('\r\n\r\n');
    expect([statuses(head ?? ''), body]).toEqual([['400'], '']);
  });

  it('is refused after the answers to what was asked before it, however late they come', async () => {
    const broken = once(server, 'broken');
    const answer = say(get('/first') + get('/second') + GARBAGE);
    await broken;
    expect(unanswered).toHaveLength(2);
    unanswered[1]?.writeHead(202).end('second');
    unanswered[0]?.writeHead(201).end('first');
    expect(statuses(await answer)).toEqual(['201', '202', '400']);
  });

  it('is refused after the answer to what was asked before it where that is done', async () => {
    server.on('waiting', () => unanswered.at(-1)?.writeHead(201).end());
    expect(statuses(await say(get('/first') + GARBAGE))).toEqual(['201', '400']);
  });

  it('in the body of a request is refused in its turn', async () => {
    const broken = once(server, 'broken');
    const chunked = 'POST /second HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnot a length\r\n';
    const answer = say(get('/first') + chunked);
    await broken;
    unanswered[0]?.writeHead(201).end('first');
    expect(statuses(await answer)).toEqual(['201', '400']);
  });

  it('in the body of a request that is refused already is not refused again', async () => {
    server.on('waiting', () => unanswered.at(-1)?.writeHead(413).end());
    const chunked = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnot a length\r\n';
    expect(statuses(await say(chunked))).toEqual(['413']);
  });
});
