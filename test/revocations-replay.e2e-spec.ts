import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '#contracts';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { asOwner } from './support/database.js';
import { eventually } from './support/eventually.js';
import { type CreatedApiKey, GatewayClient } from './support/gateway-client.js';
import { inParallel } from './support/in-parallel.js';

const DELETED_KEYS = 1_000;
const AT_ONCE = 8;

let platform: Awaited<ReturnType<typeof startPlatform>>;
let directory: string;
let gateway: GatewayClient;
let project: Project;

beforeAll(async () => {
  directory = temporaryDirectory('revocations-replay');
  platform = await startPlatform({ dir: directory, replicas: { 'key-management': 2 } });
  gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
  project = await gateway.createProject();
}, 120_000);

afterAll(() => platform.stop(), 60_000);

/** `npm run keys -- …` @returns what it said */
async function keys(...args: string[]): Promise<string> {
  const env = { ...process.env, DATABASE_URL: platform.databaseUrl };
  const child = spawn(process.execPath, ['tools/keys.mjs', ...args], { env });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  expect([code, said]).toEqual([0, said]);
  return said;
}

/** What a file-level backup does, with PostgreSQL and everything that uses it stopped. */
async function whileStopped(work: (data: string) => unknown): Promise<void> {
  const { postgres } = platform.servers;
  const [data] = await asOwner(platform.databaseUrl, async (sql) =>
    (await sql.query<{ data_directory: string }>('SHOW data_directory')).rows.map(
      (row) => row.data_directory,
    ),
  );
  if (data === undefined) throw new Error('PostgreSQL does not say where its data are');
  await Promise.all(platform.services.map((service) => service.stop()));
  await postgres?.stop();
  work(data);
  await postgres?.start();
}

/** With the owner of each file, as PostgreSQL wants it. */
const copy = (from: string, to: string) => execFileSync('cp', ['-a', from, to]);

const startServices = () => Promise.all(platform.services.map((service) => service.start()));

async function outcomes(apiKeys: readonly CreatedApiKey[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (let i = 0; i < apiKeys.length; i += 500) {
    const part = apiKeys.slice(i, i + 500).map(({ key }) => key);
    for (const { code } of (await gateway.batchVerify({ keys: part })).body.results) found.add(code);
  }
  return found;
}

describe('a database that goes back to an older backup', () => {
  it('does not bring deleted keys back, once the revocations since then have been replayed', async () => {
    const create = () => gateway.createKey(project.id);
    const old = await inParallel(Array.from({ length: DELETED_KEYS }), AT_ONCE, create);
    const live = await create();
    const backup = join(directory, 'backup');
    await whileStopped((data) => copy(data, backup));
    await startServices();

    const young = await create();
    await inParallel([...old, young], AT_ONCE, (key) => gateway.deleteKey(key));
    const file = join(directory, 'revocations.jsonl');
    expect(await keys('revocations', 'export', '--file', file)).toContain(
      `${DELETED_KEYS + 1} revocations exported`,
    );
    expect(readFileSync(file, 'utf8')).not.toContain(young.key);

    await whileStopped((data) => {
      rmSync(data, { recursive: true });
      copy(backup, data);
    });
    const said = await keys('revocations', 'replay', '--file', file);
    expect(said).toContain(`${DELETED_KEYS} keys are being deleted again`);
    expect(said).toContain('1 do not exist in it');
    await startServices();

    expect(await outcomes(old)).toEqual(new Set(['DELETED']));
    expect(await outcomes([young])).toEqual(new Set(['UNKNOWN']));
    expect(await outcomes([live])).toEqual(new Set(['VALID']));
    await eventually(
      async () => {
        const again = await keys('revocations', 'replay', '--file', file);
        expect(again).toContain(`0 keys are being deleted again`);
        const { body } = await gateway.admin<{ data: { id: string }[] }>(
          'GET',
          `/v1/projects/${project.id}/api-keys`,
        );
        expect(body.data.map(({ id }) => id)).toEqual([live.id]);
      },
      { withinMs: 60_000, everyMs: 1_000 },
    );
  }, 400_000);
});
