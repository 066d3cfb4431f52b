import type { ApiKey, ApiKeyUsage, ListDeletedApiKeysResponse } from '#contracts';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { asOwner } from './support/database.js';
import { eventually } from './support/eventually.js';
import { type CreatedApiKey, GatewayClient, type ProblemBody } from './support/gateway-client.js';

const CALLERS_PER_GATEWAY = 4;

let platform: Awaited<ReturnType<typeof startPlatform>>;
let gateways: GatewayClient[];
let admin: GatewayClient;
let projectId: string;

beforeAll(async () => {
  platform = await startPlatform({
    dir: temporaryDirectory('uses-are-counted'),
    replicas: { gateway: 2, 'usage-tracking': 2 },
  });
  gateways = platform.gatewayUrls.map((url) => new GatewayClient(url, platform.adminToken));
  admin = new GatewayClient(platform.gatewayUrl, platform.adminToken);
  projectId = (await admin.createProject()).id;
}, 120_000);

afterAll(() => platform.stop(), 60_000);

function service(name: string, replica = 1) {
  const found = platform.services.find((one) => one.name === name && one.replica === replica);
  if (found === undefined) throw new Error(`There is no ${name} ${String(replica)}`);
  return found;
}

/** Calls through all gateways until it is stopped. A call is counted here when its answer was a 200. */
class Callers {
  private granted = 0;
  private stopping = false;
  private readonly running: Promise<void>[];

  constructor(private readonly key: CreatedApiKey) {
    this.running = gateways.flatMap((gateway) =>
      Array.from({ length: CALLERS_PER_GATEWAY }, () => this.call(gateway)),
    );
  }

  async untilGranted(more: number): Promise<void> {
    const enough = this.granted + more;
    await eventually(
      () => {
        expect(this.granted).toBeGreaterThanOrEqual(enough);
      },
      { withinMs: 20_000 },
    );
  }

  /** How often the key was used. */
  async stop(): Promise<number> {
    this.stopping = true;
    await Promise.all(this.running);
    return this.granted;
  }

  private async call(gateway: GatewayClient): Promise<void> {
    while (!this.stopping) {
      try {
        if ((await gateway.auth(this.key.key)).status === 200) this.granted++;
      } catch {
        // A gateway that is away has counted nothing.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

async function uses(keyId: string): Promise<number> {
  const { rows } = await asOwner(platform.databaseUrl, (sql) =>
    sql.query<{ uses: string }>(
      'SELECT COALESCE(sum(uses), 0) AS uses FROM usage_tracking.daily_uses WHERE key_id = $1',
      [keyId],
    ),
  );
  return Number(rows[0]?.uses);
}

const pathOf = ({ id }: CreatedApiKey): string => `/v1/projects/${projectId}/api-keys/${id}`;

async function read(key: CreatedApiKey): Promise<ApiKey> {
  return (await admin.admin<ApiKey>('GET', pathOf(key))).body;
}

/** Everything that had happened when this was called has been counted: the platform says so itself. */
async function everythingIsCounted(key: CreatedApiKey): Promise<void> {
  const now = Date.now();
  await eventually(
    async () => {
      expect(Date.parse((await read(key)).usage.asOf ?? '')).toBeGreaterThan(now);
    },
    { withinMs: 30_000 },
  );
}

describe('the uses of a key', () => {
  it('are seen by the admin within seconds, and looking at the key is none', async () => {
    const key = await admin.createKey(projectId);
    await admin.whoami(key.key);
    await everythingIsCounted(key);
    expect(await read(key)).toMatchObject({ lastUsedAt: null, usage: { verdict: 'never_used' } });
    const before = Date.now();
    await admin.auth(key.key);
    const after = Date.now();
    await everythingIsCounted(key);
    const { lastUsedAt, usage } = await read(key);
    expect(usage.verdict).toBe('in_use');
    expect(Date.parse(lastUsedAt ?? '')).toBeGreaterThanOrEqual(before);
    expect(Date.parse(lastUsedAt ?? '')).toBeLessThanOrEqual(after);
    const report = await admin.admin<ApiKeyUsage>('GET', `${pathOf(key)}/usage`);
    expect(report.body).toMatchObject({ lastUsedAt, verdict: 'in_use', last24h: 1 });
    expect(report.body.daily.reduce((sum, { uses }) => sum + uses, 0)).toBe(1);
    expect(report.body.hourly.reduce((sum, { uses }) => sum + uses, 0)).toBe(1);
  }, 60_000);

  it.each([
    ['?from=2030-01-01', 400, 'invalid_request'],
    ['?from=2020-01-01T00:00:00Z', 400, 'invalid_request'],
    ['?to=yesterday', 400, 'invalid_request'],
    ['?since=2026-01-01T00:00:00Z', 400, 'invalid_request'],
  ])('are not reported for a range like %s', async (query, status, code) => {
    const key = await admin.createKey(projectId);
    const answer = await admin.admin<ProblemBody>('GET', `${pathOf(key)}/usage${query}`);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it.each([
    ['nothing happens', () => Promise.resolve()],
    [
      'a gateway gets SIGTERM and is started again',
      async () => {
        await service('gateway', 2).stop();
        await service('gateway', 2).start();
      },
    ],
    [
      'usage-tracking is killed and started again, one replica after the other',
      async () => {
        for (const replica of [1, 2]) {
          await service('usage-tracking', replica).kill('SIGKILL');
          await service('usage-tracking', replica).start();
        }
      },
    ],
    [
      'all of usage-tracking is away for a while',
      async (callers: Callers) => {
        await Promise.all([1, 2].map((replica) => service('usage-tracking', replica).stop()));
        await callers.untilGranted(200);
        await Promise.all([1, 2].map((replica) => service('usage-tracking', replica).start()));
      },
    ],
    [
      'PostgreSQL is killed and started again',
      async () => {
        await platform.servers.postgres?.kill('SIGKILL');
        await platform.servers.postgres?.start();
      },
    ],
    [
      'NATS is killed and started again',
      async () => {
        await platform.servers.nats?.kill('SIGKILL');
        await platform.servers.nats?.start();
      },
    ],
  ])(
    'are counted exactly when %s',
    async (_what, happens: (callers: Callers) => Promise<void>) => {
      const key = await admin.createKey(projectId);
      const callers = new Callers(key);
      await callers.untilGranted(200);
      await happens(callers);
      await callers.untilGranted(200);
      const granted = await callers.stop();
      await everythingIsCounted(key);
      expect(await uses(key.id)).toBe(granted);
    },
    90_000,
  );
});

describe('a gateway that is killed with -9', () => {
  it('leaves a gap that is shown with the keys that it may have to do with', async () => {
    const [unused, used] = [await admin.createKey(projectId), await admin.createKey(projectId)];
    await admin.auth(used.key);
    await everythingIsCounted(used);
    expect((await read(unused)).usage.gap).toBeNull();
    await service('gateway', 2).kill('SIGKILL');
    const killedAt = Date.now();
    // Instead of waiting for a minute: as if whoever has said nothing for a few seconds had been killed a minute earlier.
    await eventually(
      async () => {
        const { rowCount } = await asOwner(platform.databaseUrl, (sql) =>
          sql.query(`
            UPDATE usage_tracking.publishers SET
              last_seen_at = last_seen_at - interval '1 minute', complete_before = complete_before - interval '1 minute'
            WHERE final_batch IS NULL AND last_seen_at <
              (SELECT max(last_seen_at) FROM usage_tracking.publishers) - interval '3 seconds'`),
        );
        expect(rowCount).toBe(1);
      },
      { withinMs: 20_000 },
    );
    const { gap } = (await read(unused)).usage;
    // A gateway says at least each second how complete its counts are.
    expect(Math.abs(Date.parse(gap?.from ?? '') + 60_000 - killedAt)).toBeLessThan(10_000);
    expect((await read(used)).usage).toMatchObject({ verdict: 'in_use', gap: null });
    await service('gateway', 2).start();
    await everythingIsCounted(used);
    expect((await read(unused)).usage.gap).toEqual(gap);
    const later = await admin.createKey(projectId);
    await asOwner(platform.databaseUrl, (sql) =>
      sql.query(`UPDATE key_management.api_keys SET created_at = now() + interval '1 hour' WHERE id = $1`, [
        later.id,
      ]),
    );
    expect((await read(later)).usage.gap).toBeNull();
  }, 60_000);
});

describe('the refusals of a deleted key', () => {
  it('are counted, and its uses no more', async () => {
    const key = await admin.createKey(projectId);
    for (let count = 0; count < 3; count++) await admin.auth(key.key);
    await admin.deleteKey(key);
    for (let count = 0; count < 5; count++) expect((await admin.auth(key.key)).status).toBe(401);
    const witness = await admin.createKey(projectId);
    await everythingIsCounted(witness);
    expect(await uses(key.id)).toBe(3);
    const { rows } = await asOwner(platform.databaseUrl, (sql) =>
      sql.query('SELECT reason, refusals FROM usage_tracking.refusals WHERE key_id = $1', [key.id]),
    );
    expect(rows).toEqual([{ reason: 'deleted', refusals: '5' }]);
    const radar = await admin.admin<ListDeletedApiKeysResponse>(
      'GET',
      `/v1/projects/${projectId}/deleted-api-keys?limit=1`,
    );
    expect(radar.body.data).toMatchObject([{ id: key.id, deletedBy: 'admin-token', rejectedUses: 5 }]);
    expect(Date.parse(radar.body.data[0]?.lastRejectedAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(radar.body.data[0]?.deletedAt ?? ''),
    );
  }, 60_000);
});
