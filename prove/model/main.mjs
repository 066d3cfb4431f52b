// npm run prove:model: the protocol and each of its ablations under every set of faults, with the shortest way to a violation.
import { explore } from './explore.mjs';
import { ABLATIONS, FAULTS, PROTOCOL } from './variants.mjs';

const MAX_STATES = 5_000_000;

for (const [name, protocol] of Object.entries({ 'THE PROTOCOL': PROTOCOL, ...ABLATIONS })) {
  console.log(`\n${name}`);
  for (const [faultNames, faults] of Object.entries(FAULTS)) {
    const { states, isComplete, violation } = explore(protocol, faults, { maxStates: MAX_STATES });
    const verdict = violation ? `VIOLATED after ${violation.violates}` : isComplete ? 'holds' : 'not decided';
    console.log(`  ${faultNames.padEnd(28)} ${verdict.padEnd(28)} ${states} states`);
    if (violation) console.log(violation.trace.map((step) => `      ${step}`).join('\n'));
    if (violation && protocol === PROTOCOL) process.exitCode = 1;
    if (violation) break;
  }
}
