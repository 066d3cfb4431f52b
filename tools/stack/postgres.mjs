import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCredentials } from './credentials.mjs';
import { anyFreePort } from './ports.mjs';
import { resolvePostgresPrograms } from './postgres-programs.mjs';
import { Server } from './server.mjs';
import { giveToPostgres, reachableDirectory, unprivilegedUser } from './unprivileged.mjs';

const databaseName = 'traylinx';
const ownerName = 'postgres';
const readyStatusLine = 7;

/**
 * Starts PostgreSQL on 127.0.0.1, with a database `traylinx` and its owner's name and password in the `url`.
 * A folder that was used before is continued.
 *
 * @param {object} options
 * @param {string} options.dir
 * @param {number} [options.port]
 * @param {Record<string, string | number>} [options.settings] of postgresql.conf
 * @returns {Promise<Server>}
 */
export async function startPostgres({ dir, port, settings = {} }) {
  const { databaseOwnerPassword } = loadCredentials(dir);
  const programs = resolvePostgresPrograms();
  const data = await prepareData({ dir, programs, ownerPassword: databaseOwnerPassword });
  const chosenPort = port ?? (await anyFreePort());
  const allSettings = {
    listen_addresses: '127.0.0.1',
    port: chosenPort,
    max_connections: 100,
    // The path of a socket may have about 100 characters; the repository's path may have more.
    unix_socket_directories: '',
    ...settings,
  };
  const url = `postgres://${ownerName}:${databaseOwnerPassword}@127.0.0.1:${chosenPort}/${databaseName}`;
  const server = new Server(
    { port: chosenPort, url },
    {
      label: 'postgres',
      command: join(programs, 'postgres'),
      args: [
        '-D',
        data,
        ...Object.entries(allSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      cwd: data,
      user: unprivilegedUser(),
      dir,
      // SIGINT is PostgreSQL's "fast" shutdown: it ends the sessions instead of waiting for them.
      stopSignal: 'SIGINT',
      isReady: (pid) => isReady(data, pid),
    },
  );
  await server.start();
  return server;
}

/** @param {{ dir: string, programs: string, ownerPassword: string }} options @returns {Promise<string>} */
async function prepareData({ dir, programs, ownerPassword }) {
  const parent = reachableDirectory(join(dir, 'postgres'));
  const data = join(parent, 'data');
  if (existsSync(data)) return data;
  // Under another name until it is complete: an interrupted start is then simply done again.
  const unfinished = join(parent, 'unfinished');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  giveToPostgres(unfinished);
  const passwordFile = join(parent, 'password');
  writeFileSync(passwordFile, ownerPassword, { mode: 0o600 });
  giveToPostgres(passwordFile);
  const initdbOptions = [
    '--username',
    ownerName,
    '--pwfile',
    passwordFile,
    '--auth',
    'scram-sha-256',
    '--no-sync',
  ];
  try {
    await run(join(programs, 'initdb'), [
      '-D',
      unfinished,
      ...initdbOptions,
      '--encoding',
      'UTF8',
      '--no-locale',
    ]);
    const createDatabase = `CREATE DATABASE ${databaseName};\n`;
    await run(join(programs, 'postgres'), ['--single', '-D', unfinished, 'postgres'], createDatabase);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, data);
  return data;
}

/** @param {string} program @param {string[]} args @param {string} [input] */
async function run(program, args, input = '') {
  const child = spawn(program, args, { ...unprivilegedUser(), cwd: '/', stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => (output += chunk));
  }
  child.stdin.end(input);
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${signal ?? `exit code ${code}`}:\n${output}`);
}

// The last of the server's own notes in this file says what a client may expect.
/** @param {string} data @param {number} pid */
function isReady(data, pid) {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[readyStatusLine]?.trim() === 'ready';
  } catch {
    return false;
  }
}
