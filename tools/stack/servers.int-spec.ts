import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Redis } from 'ioredis';
import pg from 'pg';
import {
  loadCredentials,
  startNats,
  startPostgres,
  startRedis,
  startSessionRedis,
  temporaryDirectory,
} from './servers.mjs';

type Server = Awaited<ReturnType<typeof startPostgres>>;

const dir = temporaryDirectory('servers');
const credentials = loadCredentials(dir);
let postgres: Server;
let redis: Server;
let sessionRedis: Server;
let nats: Server;

beforeAll(async () => {
  [postgres, redis, sessionRedis, nats] = await Promise.all([
    startPostgres({ dir }),
    startRedis({ dir }),
    startSessionRedis({ dir }),
    startNats({ dir }),
  ]);
}, 120_000);

afterAll(async () => {
  await Promise.all([postgres, redis, sessionRedis, nats].map((server) => server.stop()));
  rmSync(dir, { recursive: true });
});

describe('PostgreSQL', () => {
  async function query(sql: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  it('keeps what was committed when it is killed, and comes back on the same port', async () => {
    await query('CREATE TABLE kept AS SELECT 1 AS x');
    await postgres.kill();
    await expect(query('SELECT 1')).rejects.toThrow();
    await postgres.start();
    expect(await query('SELECT x FROM kept')).toEqual([{ x: 1 }]);
  });

  it('answers nobody while it is paused, not even on a connection that is open', async () => {
    const client = new pg.Client({ connectionString: postgres.url, query_timeout: 300 });
    await client.connect();
    await postgres.kill('SIGSTOP');
    await expect(client.query('SELECT 1')).rejects.toThrow(/timeout/);
    await postgres.kill('SIGCONT');
    expect(await query('SELECT 1 AS x')).toEqual([{ x: 1 }]);
    await client.end();
  });

  it('lets nobody in without the password', async () => {
    const url = new URL(postgres.url);
    url.password = 'guess';
    await expect(new pg.Client({ connectionString: url.href }).connect()).rejects.toThrow(/password/);
  });
});

describe('Redis', () => {
  async function as<T>(user: string, password: string, use: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis({
      port: redis.port,
      username: user,
      password,
      lazyConnect: true,
      retryStrategy: null,
    });
    // The command itself fails as well, and says so to the test.
    client.on('error', () => undefined);
    try {
      return await use(client);
    } finally {
      client.disconnect();
    }
  }
  const asVerification = <T>(use: (client: Redis) => Promise<T>): Promise<T> =>
    as('verification', credentials.redisVerificationPassword, use);

  it('lets a service run the scripts of the cache', async () => {
    const script = `
      redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', 1000)
      local values = redis.call('MGET', KEYS[1], KEYS[2])
      redis.call('PEXPIREAT', KEYS[1], redis.call('TIME')[1] * 1000 + 1000)
      return {values[1], redis.call('DEL', KEYS[1]), redis.call('INFO', 'server'):match('run_id:(%x+)')}`;
    const answer = asVerification((client) => client.eval(script, 2, 'tlx:e:1', 'tlx:t:1', 'value'));
    expect(await answer).toEqual(['value', 1, expect.stringMatching(/^[0-9a-f]{40}$/)]);
  });

  it.each([
    ['other keys', (client: Redis) => client.get('session:1')],
    [
      'other keys in a script',
      (client: Redis) => client.eval("return redis.call('GET', KEYS[1])", 1, 'session:1'),
    ],
    ['a list of all keys', (client: Redis) => client.keys('*')],
    ['emptying it', (client: Redis) => client.flushall()],
    ['its configuration', (client: Redis) => client.config('GET', '*')],
    ['ending others', (client: Redis) => client.client('KILL', 'TYPE', 'normal')],
  ])('refuses a service %s', async (_what, use: (client: Redis) => Promise<unknown>) => {
    await expect(asVerification(use)).rejects.toThrow(/NOPERM|permission/);
  });

  it('lets nobody in without a name', async () => {
    await expect(as('default', '', (client) => client.ping())).rejects.toThrow(/NOAUTH|WRONGPASS/);
  });

  it('is a cache: it forgets when it is full, and starts empty', async () => {
    const { redisAdminPassword } = credentials;
    await as('admin', redisAdminPassword, async (admin) => {
      expect(await admin.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'allkeys-lru']);
      await admin.set('tlx:e:1', 'x');
    });
    await redis.stop();
    await redis.start();
    expect(await as('admin', redisAdminPassword, (admin) => admin.dbsize())).toBe(0);
  });

  it('keeps its passwords in a file that only its owner can read', () => {
    expect(statSync(join(dir, 'redis', 'users.acl')).mode & 0o077).toBe(0);
    expect(statSync(join(dir, 'credentials.json')).mode & 0o077).toBe(0);
  });
});

describe('the Redis of sessions', () => {
  async function as<T>(user: string, password: string, use: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis({
      port: sessionRedis.port,
      username: user,
      password,
      lazyConnect: true,
      enableReadyCheck: false,
      retryStrategy: null,
    });
    client.on('error', () => undefined);
    try {
      return await use(client);
    } finally {
      client.disconnect();
    }
  }
  const asGateway = <T>(use: (client: Redis) => Promise<T>): Promise<T> =>
    as('gateway', credentials.sessionRedisGatewayPassword, use);

  it.each([
    ['other keys', (client: Redis) => client.get('tlx:e:1')],
    ['a list of all sessions', (client: Redis) => client.keys('session:*')],
    ['a walk through all sessions', (client: Redis) => client.scan(0)],
    ['emptying it', (client: Redis) => client.flushall()],
    ['its configuration', (client: Redis) => client.config('GET', '*')],
  ])('refuses the gateway %s', async (_what, use: (client: Redis) => Promise<unknown>) => {
    await expect(asGateway(use)).rejects.toThrow(/NOPERM|permission/);
  });

  it('lets in neither the users of the cache nor anybody without a name', async () => {
    const password = credentials.redisVerificationPassword;
    await expect(as('verification', password, (client) => client.ping())).rejects.toThrow(/WRONGPASS/);
    await expect(as('default', '', (client) => client.ping())).rejects.toThrow(/NOAUTH|WRONGPASS/);
  });

  it('refuses what does not fit instead of forgetting a session, and keeps none over a restart', async () => {
    const { sessionRedisAdminPassword } = credentials;
    await as('admin', sessionRedisAdminPassword, async (admin) => {
      expect(await admin.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
      await admin.set('session:1', 'x');
    });
    await sessionRedis.stop();
    await sessionRedis.start();
    expect(await as('admin', sessionRedisAdminPassword, (admin) => admin.dbsize())).toBe(0);
  });
});

describe('NATS', () => {
  const connections: NatsConnection[] = [];

  async function as(user: string, pass: string): Promise<NatsConnection> {
    const options = { servers: `127.0.0.1:${nats.port}`, user, pass, inboxPrefix: `_INBOX.${user}` };
    const connection = await connect(options);
    connections.push(connection);
    return connection;
  }

  /** What the server says to a subscription: nothing, when it is allowed. */
  async function subscribe(connection: NatsConnection, subject: string): Promise<string> {
    let refusal = '';
    const subscription = connection.subscribe(subject, {
      callback: (error) => void (refusal ||= error?.message ?? ''),
    });
    await connection.flush();
    subscription.unsubscribe();
    return refusal;
  }

  afterEach(() => Promise.all(connections.splice(0).map((connection) => connection.close())));

  it.each([
    ['gateway', credentials.natsGatewayPassword, '_INBOX.gateway.*', 'req.verification.v1.*'],
    ['verification', credentials.natsVerificationPassword, 'req.verification.v1.*', 'req.api-keys.v1.*'],
    ['key-management', credentials.natsKeyManagementPassword, 'req.projects.v1.*', '_INBOX.gateway.*'],
    ['usage-tracking', credentials.natsUsageTrackingPassword, 'req.usage.v1.*', 'evt.>'],
  ])('lets %s hear what is for it, and nothing else', async (user, password, own, foreign) => {
    const connection = await as(user, password);
    expect(await subscribe(connection, own)).toBe('');
    expect(await subscribe(connection, foreign)).toMatch(/Permissions Violation/i);
  });

  it('lets a service answer, and not ask', async () => {
    const gateway = await as('gateway', credentials.natsGatewayPassword);
    const verification = await as('verification', credentials.natsVerificationPassword);
    const observer = await as('observer', credentials.natsObserverPassword);
    const heard: string[] = [];
    observer.subscribe('req.>', { callback: (_error, message) => void heard.push(message.subject) });
    await observer.flush();
    verification.subscribe('req.verification.v1.*', {
      callback: (_error, message) => void message.respond('yes'),
    });
    verification.publish('req.api-keys.v1.delete');
    await verification.flush();
    expect((await gateway.request('req.verification.v1.verify')).string()).toBe('yes');
    expect(heard).toEqual(['req.verification.v1.verify']);
  });

  it('keeps events when it is killed, and lets only usage-tracking consume them', async () => {
    const owner = await as('usage-tracking', credentials.natsUsageTrackingPassword);
    await (await jetstreamManager(owner)).streams.add({ name: 'EVENTS', subjects: ['evt.>'] });
    const gateway = await as('gateway', credentials.natsGatewayPassword);
    await jetstream(gateway).publish('evt.api-keys.v1.used', 'an event');
    await expect(jetstreamManager(gateway, { timeout: 300 })).rejects.toThrow();
    await nats.kill();
    await nats.start();
    const again = await as('usage-tracking', credentials.natsUsageTrackingPassword);
    const manager = await jetstreamManager(again);
    await manager.consumers.add('EVENTS', { durable_name: 'usage-tracking', ack_policy: 'explicit' });
    const consumer = await jetstream(again).consumers.get('EVENTS', 'usage-tracking');
    const message = await consumer.next();
    expect(message?.string()).toBe('an event');
    expect(await message?.ackAck()).toBe(true);
  });
});
