import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { Client, escapeIdentifier } from 'pg';
import { asOwner } from './database.js';

/** Somewhere that a secret could have got to, and what is there. */
export interface Place {
  where: string;
  content: Buffer | string;
}

export interface Recording {
  /** Everything so far. */
  places(): Place[];
  stop(): Promise<void>;
}

/** Every message with its headers, from now on: requests, answers, events, and what is said to JetStream itself. */
export async function recordBus(natsUrl: string): Promise<Recording> {
  const recorded: Place[] = [];
  const client = await connectToNats(natsUrl);
  client.subscribe('>', {
    callback: (error, message) => {
      if (error !== null) throw error;
      const headers = [...(message.headers ?? [])].flatMap(([name, values]) => [name, ...values]);
      const content = Buffer.concat([Buffer.from(`${headers.join('\n')}\n`), message.data]);
      recorded.push({ where: message.subject, content });
    },
  });
  await client.flush();
  return {
    places: () => [...recorded],
    stop: () => client.close(),
  };
}

/** @param url with user and password, which the client wants apart */
export function connectToNats(url: string): ReturnType<typeof connect> {
  const { host, username, password } = new URL(url);
  return connect({ servers: host, user: username, pass: password });
}

/** Every command that Redis executes from now on, those of scripts included. */
export async function recordRedisCommands(redisUrl: string): Promise<Recording> {
  const recorded: Place[] = [];
  const redis = new Redis(redisUrl);
  const monitor = await redis.monitor();
  monitor.on('monitor', (_time, [command, ...args]: string[]) => {
    recorded.push({ where: `${command ?? ''} command`, content: args.join(' ') });
  });
  return {
    places: () => [...recorded],
    stop: async () => {
      monitor.disconnect();
      await redis.quit();
    },
  };
}

/** All keys of all logical databases, with their values. */
export async function readRedis(redisUrl: string): Promise<Place[]> {
  const redis = new Redis(redisUrl);
  try {
    const keyspace = await redis.info('keyspace');
    const places: Place[] = [];
    for (const [, index] of keyspace.matchAll(/^db(\d+):/gm)) {
      await redis.select(Number(index));
      // Not SCAN: it may show a key twice and needs a loop; this Redis is small.
      for (const key of await redis.keys('*')) {
        // Fails for what is no string: then this has to learn more types. undefined: expired meanwhile.
        const value = await redis.getBuffer(key);
        places.push({ where: key, content: Buffer.concat([Buffer.from(`${key}\n`), value ?? Buffer.of()]) });
      }
    }
    return places;
  } finally {
    await redis.quit();
  }
}

/** All rows of all tables of all schemas, PostgreSQL's own and materialized views included, as text. */
export function readTables(databaseUrl: string): Promise<Place[]> {
  return asOwner(databaseUrl, async (client) => {
    const tables = await client.query<{ schema: string; name: string }>(`
      SELECT relnamespace::regnamespace::text AS schema, relname AS name
      FROM pg_class WHERE relkind IN ('r', 'm')`);
    const places: Place[] = [];
    for (const { schema, name } of tables.rows) places.push(await readTable(client, schema, name));
    // What the sessions have run last.
    return [...places, await readTable(client, 'pg_catalog', 'pg_stat_activity')];
  });
}

async function readTable(client: Client, schema: string, name: string): Promise<Place> {
  const { rows } = await client.query<{ row: string }>(
    `SELECT t::text AS row FROM ${schema}.${escapeIdentifier(name)} AS t`,
  );
  return { where: `${schema}.${name}`, content: rows.map(({ row }) => row).join('\n') };
}

/** All files in a folder and the folders in it. */
export function readFiles(directory: string): Place[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const file = join(entry.parentPath, entry.name);
      const content = readIfThere(file);
      return content === undefined ? [] : [{ where: file, content }];
    });
}

/** A server that runs removes files now and then. */
function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
