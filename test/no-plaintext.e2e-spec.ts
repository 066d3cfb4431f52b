import { hashKey } from '#api-key';
import type { ListApiKeysResponse, Project } from '#contracts';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startPlatform } from '../tools/stack/platform.mjs';
import { natsUrl, temporaryDirectory } from '../tools/stack/servers.mjs';
import { asOwner } from './support/database.js';
import { eventually } from './support/eventually.js';
import { type Answer, type CreatedApiKey, GatewayClient } from './support/gateway-client.js';
import { inParallel } from './support/in-parallel.js';
import {
  connectToNats,
  type Place,
  readFiles,
  readRedis,
  readTables,
  type Recording,
  recordBus,
  recordRedisCommands,
} from './support/media.js';
import { MISPLACEMENTS } from './support/misplaced-key.js';
import { SecretScanner } from './support/secret-scanner.js';

const KEYS = 200;
const AT_ONCE = 8;

/** How a key is presented besides the ways it is meant to be. */
type Presented = CreatedApiKey & { misplacement: string };

let platform: Awaited<ReturnType<typeof startPlatform>>;
let directory: string;
let gateway: GatewayClient;
let project: Project;
let keys: Presented[];
let bus: Recording;
let redisCommands: Recording;
const scanner = new SecretScanner();
/** Redis while the keys were cached, and again when they were deleted. */
const redisContent: Place[] = [];
/** The files of JetStream while every key had a use in them that was not counted yet. */
let eventsOnDisk: Place[] = [];
/** What callers were told after the creation. */
const answers: Place[] = [];

beforeAll(async () => {
  directory = temporaryDirectory('no-plaintext');
  const env = { LOG_LEVEL: 'trace' };
  platform = await startPlatform({
    dir: directory,
    env: { gateway: env, verification: env, 'key-management': env, 'usage-tracking': env },
  });
  bus = await recordBus(platform.natsUrl);
  redisCommands = await recordRedisCommands(platform.redisUrl);
  await makeStoresTalkative();
  gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
  project = await gateway.createProject();
  keys = await createKeys();
  await useKeys();
  await inParallel(keys, AT_ONCE, misplaceKey);
  await deleteKeys();
  await bringToDisk();
}, 240_000);

afterAll(async () => {
  await bus.stop();
  await redisCommands.stop();
  await platform.stop();
}, 60_000);

/** PostgreSQL logs each statement with its parameters, Redis each connection. */
async function makeStoresTalkative(): Promise<void> {
  await asOwner(platform.databaseUrl, async (client) => {
    await client.query(`ALTER SYSTEM SET log_statement = 'all'`);
    await client.query('SELECT pg_reload_conf()');
  });
  await withRedis((redis) => redis.config('SET', 'loglevel', 'debug'));
}

async function createKeys(): Promise<Presented[]> {
  const ways = Object.keys(MISPLACEMENTS);
  return inParallel([...Array(KEYS).keys()], AT_ONCE, async (index) => {
    const key = await gateway.createKey(project.id, { note: `key ${String(index)}` });
    const misplacement = ways[index % ways.length] ?? '';
    // A finding then tells how the key got there.
    scanner.addKey(`key ${String(index)}, presented ${misplacement}`, key.key);
    return { ...key, misplacement };
  });
}

/** In every way that a key is meant to be used, with white space around it as well. */
async function useKeys(): Promise<void> {
  const consumer = platform.services.find(({ name }) => name === 'usage-tracking');
  // An event is gone from the store as soon as it is counted: none shall be while we look.
  await consumer?.kill('SIGSTOP');
  await inParallel(keys, AT_ONCE, async ({ key }) => {
    note('GET /v1/auth', await expectStatus(200, gateway.auth(key)));
    note('GET /v1/auth', await expectStatus(200, gateway.auth(` \t${key}  `, `?projectId=${project.id}`)));
    note('GET /v1/whoami', await expectStatus(200, gateway.whoami(key)));
    note('verify', await expectStatus(200, gateway.verify({ key })));
    note('verify', await expectStatus(200, gateway.verify({ key: `\n ${key}\r\n`, projectId: project.id })));
  });
  // What is cached by now may end before the next look, and what has ended is cached again by what comes next.
  redisContent.push(...(await readRedis(platform.redisUrl)));
  const all = keys.map(({ key }) => key);
  note('batch-verify', await expectStatus(200, gateway.batchVerify({ keys: all })));
  note(
    'batch-verify',
    await expectStatus(200, gateway.batchVerify({ keys: all.map((key) => `\t${key}\n`) })),
  );
  redisContent.push(...(await readRedis(platform.redisUrl)));
  await eventually(() => {
    eventsOnDisk = readFiles(join(directory, 'nats'));
    const text = Buffer.concat(eventsOnDisk.map(({ content }) => Buffer.from(content))).toString('latin1');
    expect(missing(text, ({ id }) => id)).toEqual([]);
  });
  await consumer?.kill('SIGCONT');
  await eventually(async () => {
    const path = `/v1/projects/${project.id}/api-keys?limit=${String(KEYS)}`;
    const list = await gateway.admin<ListApiKeysResponse>('GET', path);
    expect(list.body.data.filter(({ lastUsedAt }) => lastUsedAt !== null)).toHaveLength(KEYS);
    note('list', list);
  });
}

async function misplaceKey({ key, misplacement }: Presented): Promise<void> {
  const answer = await MISPLACEMENTS[misplacement]?.(gateway, key, project.id);
  note(misplacement, answer);
  const status = typeof answer === 'string' ? Number(answer.split(' ')[1]) : answer?.status;
  expect({ misplacement, isFaultOfOurs: status === undefined || status >= 500 }).toEqual({
    misplacement,
    isFaultOfOurs: false,
  });
}

async function deleteKeys(): Promise<void> {
  await inParallel(keys, AT_ONCE, async (key) => {
    note('delete', await expectStatus(204, gateway.deleteKey(key)));
    note('GET /v1/auth, deleted', await expectStatus(401, gateway.auth(key.key)));
    note('delete again', await expectStatus(404, gateway.deleteKey(key)));
  });
  await eventually(() =>
    asOwner(platform.databaseUrl, async (client) => {
      const { rows } = await client.query('SELECT count(*)::int AS keys FROM usage_tracking.refusals');
      expect(rows).toEqual([{ keys: KEYS }]);
    }),
  );
  redisContent.push(...(await readRedis(platform.redisUrl)));
}

async function bringToDisk(): Promise<void> {
  await asOwner(platform.databaseUrl, (client) => client.query('CHECKPOINT'));
}

async function expectStatus(status: number, asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked;
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body: answer.body });
  return answer;
}

/** Remembers what a caller was told. */
function note(where: string, answer: Answer | string | undefined): void {
  const content =
    typeof answer === 'object'
      ? JSON.stringify({ headers: [...answer.headers], body: answer.body })
      : (answer ?? '');
  answers.push({ where: `the answer to: ${where}`, content });
}

async function withRedis<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(platform.redisUrl);
  try {
    return await work(redis);
  } finally {
    await redis.quit();
  }
}

function databaseDirectory(): Promise<string> {
  return asOwner(platform.databaseUrl, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory ?? '';
  });
}

async function readMetrics(): Promise<Place[]> {
  return Promise.all(
    platform.services.map(async ({ name, operationsUrl }) => ({
      where: `metrics of ${name}`,
      content: await (await fetch(`${operationsUrl}/metrics`)).text(),
    })),
  );
}

const MEDIA: Readonly<Record<string, () => Place[] | Promise<Place[]>>> = {
  'the bus': () => bus.places(),
  'the tables': () => readTables(platform.databaseUrl),
  'the files of PostgreSQL': async () => readFiles(await databaseDirectory()),
  'the content of Redis': async () => [...redisContent, ...(await readRedis(platform.redisUrl))],
  'the commands to Redis': () => redisCommands.places(),
  'the store of JetStream': () => [...eventsOnDisk, ...readFiles(join(directory, 'nats'))],
  'the logs': () => readFiles(platform.logDir),
  'the metrics': readMetrics,
};

async function findings(medium: string, scan = scanner): Promise<string[]> {
  const places = (await MEDIA[medium]?.()) ?? [];
  return places.flatMap(({ where, content }) =>
    scan.scan(content).map(({ secret, form }) => `${where}: ${secret} (${form})`),
  );
}

async function textOf(medium: string, where = /./): Promise<string> {
  const places = (await MEDIA[medium]?.()) ?? [];
  return places
    .filter((place) => where.test(place.where))
    .map(({ content }) => content.toString('latin1'))
    .join('\n');
}

/** Those of the keys of which the text says nothing. */
function missing(text: string, nameOf: (key: Presented) => string): string[] {
  return keys.filter((key) => !text.includes(nameOf(key))).map(({ note: name }) => name ?? '');
}

const hashInBase64 = ({ key }: Presented): string => hashKey(key);
const hashInHex = ({ key }: Presented): string =>
  `\\x${Buffer.from(hashKey(key), 'base64url').toString('hex')}`;

describe('the search looks in the right places:', () => {
  it('the hash of every key was on the bus when it was created, and when it was verified', async () => {
    expect(missing(await textOf('the bus', /^req\.api-keys\.v1\.create$/), hashInBase64)).toEqual([]);
    expect(missing(await textOf('the bus', /^req\.verification\.v1\.verify$/), hashInBase64)).toEqual([]);
  });

  it('the hash of every key is in its row', async () => {
    expect(missing(await textOf('the tables', /^key_management\.api_keys$/), hashInHex)).toEqual([]);
  });

  it('the hash of every key was in Redis', async () => {
    expect(missing(await textOf('the content of Redis'), (key) => `tlx:e:${hashKey(key.key)}`)).toEqual([]);
    expect(missing(await textOf('the commands to Redis'), hashInBase64)).toEqual([]);
  });

  it('a use of every key was in the store of JetStream', async () => {
    expect(missing(await textOf('the store of JetStream'), ({ id }) => id)).toEqual([]);
  });

  it('every process has a log, and that of PostgreSQL has the hash of every key', async () => {
    const logs = readFiles(platform.logDir);
    const processes = ['postgres', 'redis', 'nats', 'migrate', ...platform.services.map((one) => one.label)];
    for (const process of processes) expect(logs.map(({ where }) => where).join()).toContain(process);
    for (const { label } of platform.services) expect(await textOf('the logs', RegExp(label))).not.toBe('');
    expect(missing(await textOf('the logs', /postgres/), hashInHex)).toEqual([]);
  });
});

describe('of 200 keys that were created, used, misplaced and deleted, not even 16 characters are', () => {
  it.each(Object.keys(MEDIA))('in %s', async (medium) => {
    expect(await findings(medium)).toEqual([]);
  });

  it('in any answer but that to the creation', () => {
    const found = answers.flatMap(({ where, content }) =>
      scanner.scan(content).map(({ secret, form }) => `${where}: ${secret} (${form})`),
    );
    expect(answers.length).toBeGreaterThanOrEqual(9 * KEYS);
    expect(found).toEqual([]);
  });
});

describe('the secrets of the platform itself are', () => {
  it.each(['the bus', 'the logs', 'the commands to Redis', 'the metrics'])('not in %s', async (medium) => {
    const credentials = new SecretScanner();
    for (const [name, secret] of Object.entries(platform.credentials)) credentials.addWhole(name, secret);
    expect(await findings(medium, credentials)).toEqual([]);
  });
});

describe('the search finds what is there:', () => {
  const plain = (index: number): string => keys[index]?.key.slice(20, 36) ?? '';
  const encoded = (index: number, encoding: BufferEncoding): string =>
    Buffer.from(`the key is ${keys[index]?.key ?? ''}.`).toString(encoding);

  async function publishAsGateway(subject: string, content: string): Promise<void> {
    const { port } = new URL(platform.natsUrl);
    const url = natsUrl(Number(port), 'gateway', platform.credentials.natsGatewayPassword);
    const client = await connectToNats(url);
    client.publish(subject, content);
    await client.drain();
  }

  async function expectFound(medium: string, index: number): Promise<void> {
    await eventually(async () => {
      expect(await findings(medium)).toContainEqual(
        expect.stringContaining(`: key ${String(index)}, `) as string,
      );
    });
  }

  it('on the bus', async () => {
    await publishAsGateway('req.canary.v1.sing', JSON.stringify({ [plain(0)]: 1 }));
    await expectFound('the bus', 0);
  });

  it('in a table, and in the files of PostgreSQL', async () => {
    await asOwner(platform.databaseUrl, async (client) => {
      await client.query('CREATE SCHEMA canary; CREATE TABLE canary.cage (song text)');
      await client.query('INSERT INTO canary.cage VALUES ($1)', [encoded(1, 'base64url')]);
      await client.query('CHECKPOINT');
    });
    await expectFound('the tables', 1);
    await expectFound('the files of PostgreSQL', 1);
    // Each statement is logged with its parameters.
    await expectFound('the logs', 1);
  });

  it('in Redis and in the commands to it', async () => {
    await withRedis((redis) => redis.set('canary', Buffer.from(`\xff\x00${encoded(2, 'hex')}`, 'latin1')));
    await expectFound('the content of Redis', 2);
    await expectFound('the commands to Redis', 2);
  });

  it('in the store of JetStream', async () => {
    await publishAsGateway('evt.canary.v1.planted', encoded(3, 'base64'));
    await expectFound('the store of JetStream', 3);
  });

  it('in a log', async () => {
    appendFileSync(join(platform.logDir, 'gateway-1.log'), `{"msg":"what is ${plain(4)}?"}\n`);
    await expectFound('the logs', 4);
  });
});
