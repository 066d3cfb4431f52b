// npm run usage -- dead-letters list [--limit N]   what usage-tracking could not read, the oldest first, and why
// npm run usage -- dead-letters show <id>          what is in it
// npm run usage -- dead-letters replay <id> …      publishes it again, after whatever could not read it was mended
// npm run usage -- dead-letters discard <id> …     removes it for good: its uses are not counted
//
// DATABASE_URL: the owner's, or that of the role traylinx_usage_tracking. For replay also NATS_URL, NATS_USER and NATS_PASSWORD,
// those of the gateway: only it may publish.
import { parseArgs } from 'node:util';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import {
  discardDeadLetter,
  listDeadLetters,
  readDeadLetter,
  replayDeadLetter,
} from './usage/dead-letters.mjs';

const USAGE =
  'usage: npm run usage -- dead-letters list [--limit <n>] | show <id> | replay <id>… | discard <id>…';

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { limit: { type: 'string', default: '100' } },
  });
  const [subject, action, ...ids] = positionals;
  if (subject !== 'dead-letters') throw new Error(USAGE);
  await connected((client) => run(client, action, ids, Number(values.limit)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @param {pg.Client} client @param {string | undefined} action @param {string[]} ids @param {number} limit */
async function run(client, action, ids, limit) {
  if (action === 'list' && ids.length === 0 && Number.isInteger(limit) && limit > 0) {
    for (const { id, recordedAt, subject, reason, bytes } of await listDeadLetters(client, limit)) {
      console.log([id, recordedAt.toISOString(), subject, `${bytes} bytes`, visible(reason)].join('  '));
    }
  } else if (action === 'show' && ids.length === 1) {
    const { payload, ...letter } = await readDeadLetter(client, String(ids[0]));
    console.log(JSON.stringify({ ...letter, payload: payload.toString('utf8') }, null, 2));
  } else if (action === 'replay' && ids.length > 0) {
    await publishing(async (publish) => {
      for (const id of ids) await replayDeadLetter(client, id, publish);
    });
    console.error(`${ids.length} published again: what still cannot be read comes back`);
  } else if (action === 'discard' && ids.length > 0) {
    for (const id of ids) await discardDeadLetter(client, id);
    console.error(`${ids.length} discarded`);
  } else throw new Error(USAGE);
}

/** Nothing that a terminal would obey. @param {string} text */
function visible(text) {
  return JSON.stringify(text).slice(1, -1);
}

/** @param {(client: pg.Client) => Promise<void>} work */
async function connected(work) {
  const connectionString = process.env['DATABASE_URL'];
  if (!connectionString) throw new Error('DATABASE_URL is not set');
  const client = new pg.Client({ connectionString, application_name: 'usage' });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** @param {(publish: (subject: string, payload: Buffer) => Promise<void>) => Promise<void>} work */
async function publishing(work) {
  const { NATS_URL: servers, NATS_USER: user, NATS_PASSWORD: pass } = process.env;
  if (!servers) throw new Error('NATS_URL is not set');
  const nats = await connect({
    servers: servers.split(','),
    ...(user === undefined ? {} : { user }),
    ...(pass === undefined ? {} : { pass }),
    inboxPrefix: '_INBOX.gateway',
  });
  try {
    const stream = jetstream(nats);
    await work(async (subject, payload) => {
      await stream.publish(subject, payload);
    });
  } finally {
    await nats.close();
  }
}
