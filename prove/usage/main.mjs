// npm run prove:usage -- [--seed N] [--minutes M] [--faults PER_MINUTE] [--plant NAME] [--list-plants]
//
// Exit code 0: every use was counted once, but for what kill -9 of a gateway may take. 1: not so; what is known about the key
// is printed. 2: no proof.
import { runProof } from '../harness/command.mjs';
import { PLANTS } from './plants.mjs';
import { prove } from './proof.mjs';
import { toReport } from './report.mjs';

await runProof({
  name: 'usage',
  claim: 'The counting as it is.',
  plants: PLANTS,
  minutes: 3,
  faultsPerMinute: 30,
  prove: async (options) => {
    const proof = await prove(options);
    return {
      report: toReport({ ...proof, seed: options.seed }),
      isViolated: proof.tally.violations.length > 0,
    };
  },
});
