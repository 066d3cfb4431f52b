import { mintKey } from '#api-key';
import type { Project } from '#contracts';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { eventually } from './support/eventually.js';
import { type Answer, type CreatedApiKey, GatewayClient } from './support/gateway-client.js';

const STORES = ['redis', 'postgres', 'nats'] as const;
const BAD_KEYS = 1_000;
/** As many as one call of batch-verify takes. */
const KEYS_PER_CALL = 500;
/** About a second; machines that run tests are slow. */
const RECOVERY_MS = 3_000;

let platform: Awaited<ReturnType<typeof startPlatform>>;
let gateway: GatewayClient;
let project: Project;
let live: CreatedApiKey;
let badKeys: string[];

beforeAll(async () => {
  platform = await startPlatform({
    dir: temporaryDirectory('degraded-modes'),
    replicas: { verification: 2, 'key-management': 2 },
  });
  gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
  project = await gateway.createProject();
  live = await gateway.createKey(project.id);
  const deleted = await gateway.createKey(project.id);
  await gateway.deleteKey(deleted);
  badKeys = [deleted.key, ...Array.from({ length: BAD_KEYS - 1 }, () => mintKey())];
}, 120_000);

afterAll(() => platform.stop(), 60_000);

function processIds(): number[] {
  return platform.services.map(({ pid }) => pid);
}

async function outcomesOf(keys: string[]): Promise<string[]> {
  const parts = Array.from({ length: keys.length / KEYS_PER_CALL }, (_, i) =>
    keys.slice(i * KEYS_PER_CALL, (i + 1) * KEYS_PER_CALL),
  );
  const answers = await Promise.all(parts.map((part) => gateway.batchVerify({ keys: part })));
  return answers.flatMap(({ status, body }) =>
    status === 200 ? body.results.map(({ code }) => code) : Array.from(parts[0] ?? [], () => String(status)),
  );
}

/** No store down, one, two, or all three. */
const combinations = Array.from({ length: 2 ** STORES.length }, (_, bits) =>
  STORES.filter((_store, i) => (bits >> i) % 2 === 1),
);

describe.each(combinations.map((down) => ({ name: down.join(' and ') || 'nothing', down })))(
  'with $name down',
  ({ down }) => {
    let pidsBefore: number[];

    beforeAll(async () => {
      pidsBefore = processIds();
      for (const store of down) await platform.servers[store]?.kill('SIGKILL');
    }, 30_000);

    it('a live key is accepted or cannot be known, and is never refused', async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => gateway.auth(live.key)));
      // Redis is never a reason not to know.
      const possible = down.includes('postgres') || down.includes('nats') ? [200, 503] : [200];
      for (const { status } of answers) expect(possible).toContain(status);
    }, 60_000);

    it('a bad key is refused or cannot be known, and is never accepted: 1,000 of them', async () => {
      const outcomes = await outcomesOf(badKeys);
      expect(outcomes).toHaveLength(BAD_KEYS);
      const possible = ['UNKNOWN', 'DELETED', 'UNAVAILABLE', '503'];
      expect(outcomes.filter((outcome) => !possible.includes(outcome))).toEqual([]);
      const answers = await Promise.all(badKeys.slice(0, 5).map((key) => gateway.auth(key)));
      for (const { status } of answers) expect([401, 503]).toContain(status);
    }, 60_000);

    it('management works, or says 503 and when to ask again', async () => {
      const path = `/v1/projects/${project.id}/api-keys`;
      const asked: Promise<Answer>[] = [gateway.admin('GET', path), gateway.admin('POST', path, {})];
      // Without Redis a deletion takes its time, and without NATS as long; both once.
      if (down.length < 2 && !down.includes('redis')) asked.push(gateway.deleteKey(live));
      const answers = await Promise.all(asked);
      const needed = down.includes('postgres') || down.includes('nats');
      for (const { status, headers } of answers) {
        if (!needed) expect(status).toBeLessThan(300);
        else expect([status, headers.get('retry-after')]).toEqual([503, '1']);
      }
    }, 60_000);

    it('everything works about a second after it is back, in the processes that saw it go', async () => {
      for (const store of down) await platform.servers[store]?.start();
      const backAtMs = performance.now();
      await eventually(
        async () => {
          expect((await gateway.createKey(project.id)).key).toBeDefined();
          live = await gateway.createKey(project.id);
          expect((await gateway.auth(live.key)).status).toBe(200);
        },
        { withinMs: RECOVERY_MS },
      );
      console.log(
        `recovered from ${down.join(' and ') || 'nothing'} in ${String(Math.round(performance.now() - backAtMs))} ms`,
      );
      expect(processIds()).toEqual(pidsBefore);
    }, 30_000);
  },
);
