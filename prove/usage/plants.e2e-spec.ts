import { temporaryDirectory } from '../../tools/stack/servers.mjs';
import { copyOfBuild, findPlant, occurrences } from '../harness/planted-build.mjs';
import { PLANTS } from './plants.mjs';
import { prove } from './proof.mjs';

/** Whether a bug shows is a matter of chance, and of how busy the machine is: until one of these has caught it. */
const SEEDS = [1, 2, 3, 4];
const MINUTES = 0.25;
const FAULTS_PER_MINUTE = 60;
const TIMEOUT_MS = 120_000;

it.each(PLANTS)('planted: $bug ($name), fits what was built: each patch exactly once', ({ patches }) => {
  for (const patch of patches) expect(occurrences(patch)).toBe(1);
});

// A checker that has never failed proves nothing. The others are tried by hand: `npm run prove:usage -- --list-plants`.
it.each([
  ['no-batch-ids', 'counted twice'],
  ['acknowledge-before-commit', 'lost'],
  ['new-id-on-republish', 'counted twice'],
])(
  'planted: %s, is caught: %s',
  async (name, violation) => {
    const plant = findPlant(PLANTS, name);
    const distDirectory = copyOfBuild(plant);
    const found = new Set<string>();
    for (const seed of SEEDS) {
      const { tally } = await prove({
        dir: temporaryDirectory(`plant-${name}-${String(seed)}`),
        distDirectory,
        seed,
        minutes: MINUTES,
        faultsPerMinute: FAULTS_PER_MINUTE,
        stopsAtViolation: true,
        ...(plant.exposedBy === undefined ? {} : { favouriteFault: plant.exposedBy }),
      });
      for (const { kind } of tally.violations) found.add(kind);
      if (found.has(violation)) break;
    }
    expect([...found]).toContain(violation);
  },
  SEEDS.length * TIMEOUT_MS,
);
