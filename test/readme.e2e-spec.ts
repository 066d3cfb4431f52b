import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { eventually } from './support/eventually.js';
import { GatewayClient } from './support/gateway-client.js';
import { runExamples } from './support/readme-examples.js';

type Platform = Awaited<ReturnType<typeof startPlatform>>;

/** How complete usage is can be told once every gateway has reported, about a second after the start. */
async function untilUsageIsKnown({ gatewayUrl, adminToken }: Platform): Promise<void> {
  const gateway = new GatewayClient(gatewayUrl, adminToken);
  const { id } = await gateway.createProject('Warm-up');
  await eventually(async () => {
    expect((await gateway.createKey(id)).usage.asOf).not.toBeNull();
  });
}

describe('the README', () => {
  it('shows what its commands really print', async () => {
    const platform = await startPlatform({ dir: temporaryDirectory('readme') });
    try {
      await untilUsageIsKnown(platform);
      const { printed, said } = await runExamples('README.md', 'sh', {
        TRAYLINX_BASE_URL: platform.gatewayUrl,
        TRAYLINX_ADMIN_TOKEN: platform.adminToken,
      });
      expect(said.length).toBeGreaterThanOrEqual(8);
      expect(printed).toEqual(said);
    } finally {
      await platform.stop();
    }
  }, 180_000);
});
