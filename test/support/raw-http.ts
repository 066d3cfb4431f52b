import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawAnswer {
  status: number;
  /** Everything that was received, the head included. */
  text: string;
}

/** Sends bytes as they are, which no HTTP client would do, and reads until the server closes or the time is over. */
export async function sendRaw(url: string, bytes: string, withinMs = 15_000): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.setTimeout(withinMs, () => socket.destroy());
  // A server that refuses the rest of a request may reset the connection; what counts is what it said before.
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0), text };
}
