import { jest } from '@jest/globals';
import { join } from 'node:path';
import { describeCli } from './packages/cli.js';
import { describeCliInTrouble } from './packages/cli-in-trouble.js';
import { describeGuards } from './packages/guards.js';
import { describePublishedCli } from './packages/published-cli.js';
import { describeSdk } from './packages/sdk.js';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { eventually } from './support/eventually.js';
import { GatewayClient } from './support/gateway-client.js';
import { describeInPython, pythonPackage, pytest } from './support/python.js';
import { runExamples } from './support/readme-examples.js';
import { commandPath } from './packages/run-cli.js';

// What people install, as built, against one platform. Each command is a process that starts: that takes its time.
jest.setTimeout(180_000);

let platform: Awaited<ReturnType<typeof startPlatform>>;
let gateway: GatewayClient;

beforeAll(async () => {
  platform = await startPlatform({ dir: temporaryDirectory('packages') });
  gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
  const { id } = await gateway.createProject('Warm-up');
  // How complete the counts are is known once every gateway has reported.
  await eventually(async () => expect((await gateway.createKey(id)).usage.asOf).not.toBeNull());
});

afterAll(() => platform.stop());

const getGateway = (): GatewayClient => gateway;

describe('the JavaScript SDK', () => describeSdk(getGateway));
describe('traylinx-keys', () => describeCli(getGateway));
describe('traylinx-keys in trouble', () => describeCliInTrouble(getGateway));
describe('the traylinx CLI that is out there', () => describePublishedCli(getGateway));
describe('the guards', () => describeGuards(getGateway));

describeInPython('the Python SDK', () => {
  it('does what its own tests of the platform promise', async () => {
    const { url, adminToken } = gateway;
    const env = { TRAYLINX_BASE_URL: url, TRAYLINX_ADMIN_TOKEN: adminToken };
    expect(await pytest(['e2e'], { env, withinMs: 160_000 })).toBe('');
  });

  it('has a README that shows what its code really prints', async () => {
    const PYTHONPATH = join(pythonPackage, 'src');
    const { printed, said } = await runExamples('packages/sdk-python/README.md', 'python', {
      ...(await readmeEnvironment()),
      PYTHONPATH,
    });
    expect(said.length).toBeGreaterThanOrEqual(3);
    expect(printed).toEqual(said);
  });
});

async function readmeEnvironment(): Promise<Record<string, string>> {
  const { id } = await gateway.createProject('Website');
  const { key } = await gateway.createKey(id);
  const { url, adminToken } = gateway;
  return { TRAYLINX_BASE_URL: url, TRAYLINX_ADMIN_TOKEN: adminToken, TRAYLINX_API_KEY: key };
}

describe('the README', () => {
  it.each(['sdk-js', 'nestjs'])('of packages/%s shows what its code really prints', async (name) => {
    const { printed, said } = await runExamples(
      `packages/${name}/README.md`,
      'js',
      await readmeEnvironment(),
    );
    expect(said.length).toBeGreaterThanOrEqual(3);
    expect(printed).toEqual(said);
  });

  it('of packages/cli shows what its commands really print', async () => {
    const home = temporaryDirectory('packages-readme');
    const { printed, said } = await runExamples(
      'packages/cli/README.md',
      'sh',
      {
        PATH: `${commandPath}:${String(process.env['PATH'])}`,
        XDG_CONFIG_HOME: home,
        TRAYLINX_BASE_URL: gateway.url,
        TRAYLINX_ADMIN_TOKEN: gateway.adminToken,
      },
      home,
    );
    expect(said.length).toBeGreaterThanOrEqual(5);
    expect(printed).toEqual(said);
  });
});
