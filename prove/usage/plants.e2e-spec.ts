import { temporaryDirectory } from '../../tools/stack/servers.mjs';
import { copyOfBuild, findPlant, occurrences } from '../harness/planted-build.mjs';
import { PLANTS } from './plants.mjs';
import { prove } from './proof.mjs';

const SEED = 1;
const FAULTS_PER_MINUTE = 60;

it.each(PLANTS)('planted: $bug ($name), fits what was built: each patch exactly once', ({ patches }) => {
  for (const patch of patches) expect(occurrences(patch)).toBe(1);
});

// A checker that has never failed proves nothing. The others are tried by hand: `npm run prove:usage -- --list-plants`.
it.each([
  ['no-batch-ids', 'counted twice'],
  ['acknowledge-before-commit', 'lost'],
  ['new-id-on-republish', 'counted twice'],
])(
  'planted: %s, is caught within half a minute: %s',
  async (name, violation) => {
    const plant = findPlant(PLANTS, name);
    const { tally } = await prove({
      dir: temporaryDirectory(`plant-${name}`),
      distDirectory: copyOfBuild(plant),
      seed: SEED,
      minutes: violation === 'lost' ? 0.1 : 0.5,
      faultsPerMinute: FAULTS_PER_MINUTE,
      stopsAtViolation: true,
      ...(plant.exposedBy === undefined ? {} : { favouriteFault: plant.exposedBy }),
    });
    expect(tally.violations.map(({ kind }) => kind)).toContain(violation);
  },
  150_000,
);
