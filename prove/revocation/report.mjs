/** @typedef {import('./tally.mjs').Tally} Tally */

/** @param {{ tally: Tally, elapsedMs: number, seed: number }} proof @returns {string} */
export function toReport({ tally, elapsedMs, seed }) {
  const rows = /** @type {const} */ ([
    ['seed', seed],
    ['seconds', Math.round(elapsedMs / 1_000)],
    ['verifications', `${tally.verifications} (${tally.accepted} accepted, ${tally.refused} refused)`],
    ['keys created', tally.creations],
    ['keys deleted', tally.deletions],
    ['looks at keys', sum(tally.looksByKind)],
    ...sorted(tally.looksByKind).map(([kind, count]) => [`  ${kind}`, count]),
    ['faults', tally.faults],
    ...sorted(tally.faultsByKind).map(([kind, count]) => [`  ${kind}`, count]),
    ['not answered, or with 5xx', sum(tally.failures)],
    ...sorted(tally.failures).map(([cause, count]) => [`  ${cause}`, count]),
    ['stale accepts', tally.violationsOf('stale accept', 'accept after expiry')],
    ['observed, then accepted', tally.violationsOf('accept after an observed deletion')],
    ['false 401s of live keys', tally.violationsOf('false refusal')],
    ['wrong lists', tally.violationsOf('missing', 'shown after its deletion')],
  ]);
  const table = rows.map(([name, value]) => `${String(name).padEnd(44)} ${value}`).join('\n');
  return [table, ...tally.violations.slice(0, 3).map(toHistory)].join('\n\n');
}

/** The calls that cannot all be right, in milliseconds before the one that gave it away. @param {Tally['violations'][number]} violation */
function toHistory({ kind, keyId, offender, evidence, calls }) {
  /** @param {import('./history.mjs').Call} call */
  const line = ({ what, startMs, endMs }) => {
    const [start, end] = [startMs, endMs].map((ms) => (ms - offender.startMs).toFixed(1).padStart(10));
    return `${start} …${end} ms  ${what}`;
  };
  return [
    `VIOLATION: ${kind}, key ${keyId}`,
    ...(evidence === undefined ? [] : [`  contradicts   ${line(evidence)}`]),
    ...calls.map((call) => `                ${line(call)}`),
    `  OFFENDER      ${line(offender)}`,
  ].join('\n');
}

/** @param {Map<string, number>} counts */
function sorted(counts) {
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** @param {Map<string, number>} counts */
function sum(counts) {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
