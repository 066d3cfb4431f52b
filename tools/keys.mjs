// npm run keys -- revocations export [--file F]   the key hashes of all deleted keys, a JSON object a line
// npm run keys -- revocations replay [--file F]   deletes those of them again that this database holds as active
//
// DATABASE_URL: the owner's, or that of the role traylinx_key_management. Without --file: standard output and input.
//
// After an older backup was restored, keys that were deleted since are active again. So: stop the services, restore, replay the
// newest export, start the services. Export as often as a deletion may be lost at most.
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { exportRevocations, replayRevocations } from './keys/revocations.mjs';

const USAGE = 'usage: npm run keys -- revocations export|replay [--file <file>]';

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { file: { type: 'string' } },
  });
  const [subject, action] = positionals;
  if (subject !== 'revocations' || positionals.length !== 2) throw new Error(USAGE);
  if (action !== 'export' && action !== 'replay') throw new Error(USAGE);
  await connected(
    action === 'export' ? (client) => toFile(client, values.file) : (client) => fromFile(client, values.file),
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @param {(client: pg.Client) => Promise<void>} work */
async function connected(work) {
  const connectionString = process.env['DATABASE_URL'];
  if (!connectionString) throw new Error('DATABASE_URL is not set');
  const client = new pg.Client({ connectionString, application_name: 'keys' });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** @param {pg.Client} client @param {string | undefined} file */
async function toFile(client, file) {
  const output = file === undefined ? process.stdout : createWriteStream(file, { mode: 0o600 });
  let count = 0;
  for (const revocation of await exportRevocations(client)) {
    output.write(`${JSON.stringify(revocation)}\n`);
    count += 1;
  }
  if (file !== undefined) await new Promise((resolve) => output.end(() => resolve(undefined)));
  console.error(`${count} revocations exported`);
}

/** @param {pg.Client} client @param {string | undefined} file */
async function fromFile(client, file) {
  const input = file === undefined ? process.stdin : createReadStream(file);
  const revocations = [];
  for await (const line of createInterface({ input })) if (line !== '') revocations.push(JSON.parse(line));
  const { deleting, deletedBefore, unknown } = await replayRevocations(client, revocations);
  console.error(
    `${deleting} keys are being deleted again: key-management completes it, also when it is started later`,
  );
  console.error(`${deletedBefore} were deleted in this database, too`);
  console.error(`${unknown} do not exist in it, and are refused as unknown`);
}
