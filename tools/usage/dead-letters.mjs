// Events that usage-tracking could not read: what they are, and what becomes of them.

/** @typedef {import('pg').Client} Client */

/**
 * @typedef {object} DeadLetter
 * @property {string} id           `<number in the stream>-<when it was published, in ms>`
 * @property {Date} publishedAt
 * @property {Date} recordedAt
 * @property {string} subject
 * @property {string} reason       why it could not be read
 * @property {number} bytes
 * @property {Buffer} payload
 */

const ID = `stream_sequence || '-' || (extract(epoch FROM published_at) * 1000)::bigint`;
const COLUMNS = `${ID} AS id, published_at AS "publishedAt", recorded_at AS "recordedAt", subject, reason, octet_length(payload) AS bytes`;

/** The oldest first, without what is in them. @param {Client} client @param {number} limit @returns {Promise<DeadLetter[]>} */
export async function listDeadLetters(client, limit) {
  const { rows } = await client.query(
    `SELECT ${COLUMNS} FROM usage_tracking.dead_letters ORDER BY recorded_at, stream_sequence LIMIT $1`,
    [limit],
  );
  return rows;
}

/** @param {Client} client @param {string} id @returns {Promise<DeadLetter>} */
export async function readDeadLetter(client, id) {
  const { rows } = await client.query(
    `SELECT ${COLUMNS}, payload FROM usage_tracking.dead_letters WHERE ${ID} = $1`,
    [id],
  );
  if (rows.length === 0) throw new Error(`There is no dead letter ${id}`);
  return rows[0];
}

/**
 * Publishes it again as it was, and removes it once JetStream has it. Should this end in between, doing it again does no harm:
 * an event that is counted already is not counted twice. What still cannot be read comes back as another dead letter.
 *
 * @param {Client} client
 * @param {string} id
 * @param {(subject: string, payload: Buffer) => Promise<void>} publish  resolves when JetStream has it
 */
export async function replayDeadLetter(client, id, publish) {
  const { subject, payload } = await readDeadLetter(client, id);
  await publish(subject, payload);
  await discardDeadLetter(client, id);
}

/** For good. @param {Client} client @param {string} id */
export async function discardDeadLetter(client, id) {
  const { rowCount } = await client.query(`DELETE FROM usage_tracking.dead_letters WHERE ${ID} = $1`, [id]);
  if (rowCount === 0) throw new Error(`There is no dead letter ${id}`);
}
