import { temporaryDirectory } from '../../tools/stack/servers.mjs';
import { copyOfBuild, occurrences } from '../harness/planted-build.mjs';
import { PLANTS } from './plants.mjs';
import { prove } from './proof.mjs';

const SEED = 1;
/** Faster than in a proof, where most of the time is to pass without any. */
const FAULTS_PER_MINUTE = 40;

// A checker that has never failed proves nothing: each protocol that is known to fail must be found out by it.
describe.each(PLANTS)('planted: $bug ($name)', (plant) => {
  it('fits what was built: each patch exactly once', () => {
    for (const patch of plant.patches) expect(occurrences(patch)).toBe(1);
  });

  it('is caught within a minute', async () => {
    const { tally, elapsedMs } = await prove({
      dir: temporaryDirectory(`plant-${plant.name}`),
      distDirectory: copyOfBuild(plant),
      seed: SEED,
      minutes: 1,
      faultsPerMinute: FAULTS_PER_MINUTE,
      stopsAtViolation: true,
      ...(plant.exposedBy === undefined ? {} : { favouriteFault: plant.exposedBy }),
    });
    const kinds = [...new Set(tally.violations.map(({ kind }) => kind))];
    console.log(`${plant.name}: ${kinds.join(', ')} after ${(elapsedMs / 1_000).toFixed(1)} s`);
    expect(kinds).not.toEqual([]);
  }, 180_000);
});
