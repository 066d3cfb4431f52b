import { startPlatform } from '../../tools/stack/platform.mjs';
import { temporaryDirectory } from '../../tools/stack/servers.mjs';
import { copyOfBuild } from '../harness/planted-build.mjs';
import { PLANTS } from './plants.mjs';
import { PROVED_PLATFORM, proveApi } from './proof.mjs';

const REQUESTS = 5_000;
const SEED = 1;

it(`answers ${String(REQUESTS)} random and hostile requests as the API document allows, and none with 5xx`, async () => {
  const platform = await startPlatform({ dir: temporaryDirectory('api-proof'), ...PROVED_PLATFORM });
  try {
    const { violations, operations, requests } = await proveApi(platform, { seed: SEED, requests: REQUESTS });
    console.log(`${String(requests)} requests, ${String(operations)} operations`);
    expect(violations).toEqual([]);
  } finally {
    await platform.stop();
  }
}, 300_000);

// A checker that has never failed proves nothing.
it.each(PLANTS)(
  'catches it when $bug',
  async (plant) => {
    const distDirectory = copyOfBuild(plant);
    const platform = await startPlatform({
      dir: temporaryDirectory(plant.name),
      distDirectory,
      ...PROVED_PLATFORM,
    });
    try {
      const { violations } = await proveApi(platform, { seed: SEED, requests: 500 });
      expect(violations.length).toBeGreaterThan(0);
    } finally {
      await platform.stop();
    }
  },
  120_000,
);
