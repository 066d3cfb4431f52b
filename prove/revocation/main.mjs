// npm run prove:revocation -- [--seed N] [--minutes M] [--faults PER_MINUTE] [--plant NAME] [--list-plants]
//
// Exit code 0: no violation. 1: a deleted key was accepted, or a live one refused; the history is printed. 2: no proof.
import { runProof } from '../harness/command.mjs';
import { PLANTS } from './plants.mjs';
import { prove } from './proof.mjs';
import { toReport } from './report.mjs';

await runProof({
  name: 'revocation',
  claim: 'The protocol as it is.',
  plants: PLANTS,
  minutes: 3,
  faultsPerMinute: 24,
  prove: async (options) => {
    const { tally, elapsedMs } = await prove(options);
    return {
      report: toReport({ tally, elapsedMs, seed: options.seed }),
      isViolated: tally.violations.length > 0,
    };
  },
});
