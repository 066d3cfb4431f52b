import { connect } from 'node:net';

const answerTimeoutMs = 1_000;

/**
 * Asks a server on 127.0.0.1 something in its own protocol.
 *
 * @param {{ port: number, send?: string, until: string }} options
 * @returns {Promise<boolean>} whether the answer contained `until`
 */
export function converse({ port, send = '', until }) {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(send));
    const finish = () => {
      socket.destroy();
      resolve(answer.includes(until));
    };
    socket.setEncoding('utf8');
    socket.setTimeout(answerTimeoutMs, finish);
    socket.on('data', (/** @type {string} */ chunk) => {
      answer += chunk;
      if (answer.includes(until)) finish();
    });
    socket.on('error', finish);
    socket.on('end', finish);
  });
}
