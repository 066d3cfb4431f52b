import { type INestApplicationContext, Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { register } from 'prom-client';
import { Webhook } from 'standardwebhooks';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { ApiKeyGauge } from '../src/notifications/api-key-gauge.js';
import { NotificationsService } from '../src/notifications/notifications.service.js';
import { type CreatedKey, createKey, createProject, startKeyManagement } from './key-management.js';

/** Nobody listens there: nothing in this file needs Redis. */
const NO_REDIS = 'redis://127.0.0.1:1';
const SECRET = `whsec_${randomBytes(32).toString('base64')}`;

interface Delivery {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A real receiver, which answers as it is told. */
class Receiver {
  readonly deliveries: Delivery[] = [];
  answer: (response: ServerResponse) => void = accepted;
  private readonly server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      this.deliveries.push({ headers: request.headers, body });
      this.answer(response);
    });
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/hook`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** What was delivered about a key, checked as the specification's own library checks it. */
  of(key: CreatedKey): { type: string; timestamp: string; data: Record<string, unknown> }[] {
    return this.deliveries
      .filter(({ body }) => body.includes(key.id))
      .map(({ headers, body }) => {
        new Webhook(SECRET).verify(body, headers as Record<string, string>);
        return JSON.parse(body) as { type: string; timestamp: string; data: Record<string, unknown> };
      });
  }
}

const accepted = (response: ServerResponse): unknown => response.writeHead(204).end();

let database: TestDatabase;
let receiver: Receiver;
let url: string;
let replicas: INestApplicationContext[];
let projectId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  receiver = new Receiver();
  url = await receiver.start();
  replicas = await Promise.all([1, 2].map(() => start()));
  Logger.overrideLogger(false);
  // From here on they look when they are told to.
  await Promise.all(replicas.map((app) => app.get(NotificationsService).onApplicationShutdown()));
  projectId = await createProject(replica(0), 'Website');
});

beforeEach(async () => {
  receiver.answer = accepted;
  receiver.deliveries.length = 0;
  await sql('TRUNCATE key_management.notifications, usage_tracking.refusals');
  await sql('UPDATE key_management.api_keys SET expires_at = NULL');
});

afterAll(async () => {
  await Promise.all(replicas.map((app) => app.close()));
  receiver.close();
});

function start(): Promise<INestApplicationContext> {
  return startKeyManagement({
    DATABASE_URL: database.keyManagementUrl,
    REDIS_URL: NO_REDIS,
    WEBHOOK_URL: url,
    WEBHOOK_SECRET: SECRET,
    WEBHOOK_TIMEOUT_MS: '2000',
    WEBHOOK_MAX_ATTEMPTS: '3',
  });
}

function replica(index: number): INestApplicationContext {
  const app = replicas[index];
  if (app === undefined) throw new Error('There is no such replica');
  return app;
}

const look = (index = 0): Promise<void> => replica(index).get(NotificationsService).look();

async function sql<T extends object>(statement: string, ...parameters: unknown[]): Promise<T[]> {
  const { rows } = await asOwner(database.ownerUrl, (client) => client.query<T>(statement, parameters));
  return rows;
}

/** A key of long ago that expires in so long. */
async function expiringKey(interval: string): Promise<CreatedKey> {
  const key = await createKey(replica(0), projectId, { note: 'GitHub Actions deploy' });
  await sql(
    `UPDATE key_management.api_keys SET created_at = now() - interval '1 year', expires_at = now() + $2::interval WHERE id = $1`,
    key.id,
    interval,
  );
  return key;
}

async function calledDeletedKey(): Promise<CreatedKey> {
  const key = await createKey(replica(0), projectId);
  await sql(
    `UPDATE key_management.api_keys SET state = 'deleting', deleted_by = 'self' WHERE id = $1`,
    key.id,
  );
  await sql(`UPDATE key_management.api_keys SET state = 'deleted', deleted_at = now() WHERE id = $1`, key.id);
  await sql(`INSERT INTO usage_tracking.refusals VALUES ($1, 'deleted', 4, now(), now())`, key.id);
  return key;
}

interface Row {
  attempts: number;
  delivered: boolean;
  given_up: boolean;
  last_error: string | null;
  waits_ms: number;
}

async function state(key: CreatedKey): Promise<Row | undefined> {
  const [row] = await sql<Row>(
    `SELECT attempts, delivered_at IS NOT NULL AS delivered, given_up_at IS NOT NULL AS given_up, last_error,
       extract(epoch FROM next_attempt_at - now())::float8 * 1000 AS waits_ms
     FROM key_management.notifications WHERE key_id = $1`,
    key.id,
  );
  return row;
}

/** As if the time until the next attempt had gone by. */
const time = (): Promise<unknown> => sql('UPDATE key_management.notifications SET next_attempt_at = now()');

describe('the webhook is told', () => {
  it.each([
    ['13 days 23 hours', 14],
    ['6 days 23 hours', 7],
    ['23 hours', 1],
  ])('of a key that expires in %s, once, signed', async (interval, daysLeft) => {
    const key = await expiringKey(interval);
    await look();
    await look();
    const [told, ...more] = receiver.of(key);
    expect(more).toEqual([]);
    expect(told).toMatchObject({
      type: 'api-key.expiring',
      data: { projectId, projectName: 'Website', keyId: key.id, note: 'GitHub Actions deploy', daysLeft },
    });
    expect(new Date(String(told?.data['expiresAt'])).toJSON()).toBe(told?.data['expiresAt']);
    expect(new Date(told?.timestamp ?? '').toJSON()).toBe(told?.timestamp);
  });

  it('again when the expiry comes nearer', async () => {
    const key = await expiringKey('13 days');
    await look();
    for (const interval of ['6 days', '3 hours']) {
      await sql(
        `UPDATE key_management.api_keys SET expires_at = now() + $2::interval WHERE id = $1`,
        key.id,
        interval,
      );
      await look();
      await look();
    }
    expect(receiver.of(key).map(({ data }) => data['daysLeft'])).toEqual([14, 7, 1]);
  });

  it('nothing about a key that expires later, has expired, or was made for so short a time', async () => {
    const keys = [await expiringKey('14 days 1 minute'), await expiringKey('-1 minute')];
    const short = await expiringKey('5 days');
    await sql(`UPDATE key_management.api_keys SET created_at = now() WHERE id = $1`, short.id);
    await look();
    expect([...keys, short].flatMap((key) => receiver.of(key))).toEqual([]);
  });

  it('of a deleted key that is called, once', async () => {
    const key = await calledDeletedKey();
    await look();
    await sql(`UPDATE usage_tracking.refusals SET refusals = refusals + 1, last_refused_at = now()`);
    await look();
    expect(receiver.of(key)).toEqual([
      {
        type: 'api-key.used-after-delete',
        timestamp: expect.any(String) as string,
        data: expect.objectContaining({ keyId: key.id, deletedBy: 'self', rejectedUses: 4 }) as object,
      },
    ]);
  });

  it('once, however many replicas look at the same time', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => expiringKey('3 days')));
    await Promise.all([look(0), look(1), look(0), look(1)]);
    for (const key of keys) expect(receiver.of(key)).toHaveLength(1);
  });

  it('by one replica: another one does not even wait for what that one is claiming', async () => {
    receiver.answer = (response) => response.writeHead(500).end();
    const key = await expiringKey('3 days');
    await look();
    receiver.answer = accepted;
    await time();
    await asOwner(database.ownerUrl, async (claiming) => {
      await claiming.query('BEGIN');
      await claiming.query('SELECT FROM key_management.notifications FOR UPDATE');
      await look(1);
    });
    expect(receiver.of(key)).toHaveLength(1);
    await look(1);
    expect(receiver.of(key)).toHaveLength(2);
  });

  it('without anybody asking for it', async () => {
    const key = await expiringKey('3 days');
    const another = await start();
    await eventually(() => {
      expect(receiver.of(key)).toHaveLength(1);
    });
    await another.close();
  });

  it('neither a key nor its hash', async () => {
    const keys = [await expiringKey('3 days'), await calledDeletedKey()];
    await look();
    const said = JSON.stringify(receiver.deliveries);
    for (const { id, keyHash } of keys) {
      expect(said).toContain(id);
      expect(said).not.toContain(keyHash);
      expect(said).not.toContain(Buffer.from(keyHash, 'base64url').toString('hex'));
    }
    expect(said).not.toMatch(/keyHash|tlx_[0-9A-Za-z]{5}/);
  });
});

describe('a webhook that does not take what it is told', () => {
  it.each([
    [
      'fails',
      (response: ServerResponse) => response.writeHead(500).end('secret words of the receiver'),
      'status 500',
    ],
    [
      'redirects',
      (response: ServerResponse) => response.writeHead(307, { location: '/hook' }).end(),
      'status 307',
    ],
    ['does not answer', () => undefined, 'no answer in time'],
    ['hangs up', (response: ServerResponse) => response.destroy(), 'UND_ERR_SOCKET'],
  ])('because it %s is told again, later, with the same id', async (_what, answer, reason) => {
    const key = await expiringKey('3 days');
    receiver.answer = answer;
    await look();
    await look();
    expect(receiver.of(key)).toHaveLength(1);
    const after = await state(key);
    expect(after).toMatchObject({ attempts: 1, delivered: false, given_up: false, last_error: reason });
    expect(after?.waits_ms).toBeGreaterThan(1_000);

    receiver.answer = accepted;
    await time();
    await look();
    const ids = receiver.deliveries.map(({ headers }) => headers['webhook-id']);
    expect(receiver.of(key)).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(await state(key)).toMatchObject({ attempts: 2, delivered: true, last_error: null });
  });

  it('is given up after the last attempt, and that can be seen', async () => {
    const key = await expiringKey('3 days');
    receiver.answer = (response) => response.writeHead(404).end();
    for (let attempt = 1; attempt <= 4; attempt++) {
      await look();
      await time();
    }
    expect(receiver.of(key)).toHaveLength(3);
    expect(await state(key)).toMatchObject({ attempts: 3, given_up: true, last_error: 'status 404' });
    const metrics = await register.metrics();
    expect(metrics).toMatch(/webhook_deliveries_total\{outcome="given_up"\} [1-9]/);
  });

  it('is told by another replica when the one that was at it has died', async () => {
    const key = await expiringKey('3 days');
    await look();
    await sql('UPDATE key_management.notifications SET delivered_at = NULL');
    await look(1);
    expect(receiver.of(key)).toHaveLength(1);
    await time();
    await look(1);
    expect(receiver.of(key)).toHaveLength(2);
  });
});

it('the number of API keys by status is a metric', async () => {
  await sql(
    `UPDATE key_management.api_keys SET expires_at = now() - interval '1 day' WHERE state = 'active'`,
  );
  await createKey(replica(0), await createProject(replica(0)));
  await replica(0).get(ApiKeyGauge).count();
  const metrics = await register.metrics();
  expect(metrics).toContain('api_keys{status="active"} 1');
  expect(metrics).toMatch(/api_keys\{status="expired"\} [1-9]/);
  expect(metrics).toContain('api_keys{status="deleting"} 0');
});
