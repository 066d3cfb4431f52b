/** @typedef {import('./tally.mjs').Tally} Tally */
/** @typedef {import('./tally.mjs').Violation} Violation */
/** @typedef {import('./witness.mjs').Witness} Witness */

const SHOWN_VIOLATIONS = 3;
const SHOWN_FAULTS = 8;

/** @param {{ tally: Tally, witness: Witness, elapsedMs: number, seed: number }} proof @returns {string} */
export function toReport({ tally, witness, elapsedMs, seed }) {
  const { answered, recorded, losses, asOfLagsMs } = tally;
  const refusals = answered.deleted + answered.expired;
  const rows = /** @type {const} */ ([
    ['seed', seed],
    ['seconds', Math.round(elapsedMs / 1_000)],
    ['uses answered, recorded', `${answered.used}, ${recorded.used}`],
    ['refusals answered, recorded', `${refusals}, ${recorded.deleted + recorded.expired}`],
    ['calls without an answer, of them counted', `${tally.unanswered}, ${tally.unansweredButCounted}`],
    ['keys', tally.keys],
    ['processes killed', tally.kills],
    ['faults', tally.faults.length],
    ...sorted(tally.faultsByKind).map(([kind, count]) => [`  ${kind}`, count]),
    ['not answered, or with 503', [...tally.failures.values()].reduce((sum, count) => sum + count, 0)],
    ...sorted(tally.failures).map(([cause, count]) => [`  ${cause}`, count]),
    ['kill -9 of gateways', losses.length],
    ['  answered in the 100 ms before them', total(losses.map(({ inLast100ms }) => inLast100ms))],
    ['  not in a batch that JetStream had', total(losses.map(({ atStake }) => atStake))],
    ['  held for, p50 and longest', `${spread(losses.map(({ heldMs }) => heldMs))} ms`],
    ['missing, all of it for that', tally.missing],
    ['samples of asOf, its age p50 and longest', `${tally.samples}, ${spread(asOfLagsMs)} ms`],
    ['violations', tally.violations.length],
  ]);
  const table = rows.map(([name, value]) => `${String(name).padEnd(44)} ${value}`).join('\n');
  const violations = tally.violations.slice(0, SHOWN_VIOLATIONS);
  return [table, ...violations.map((violation) => toHistory(violation, tally, witness))].join('\n\n');
}

/** What is known about the key. @param {Violation} violation @param {Tally} tally @param {Witness} witness */
function toHistory({ kind, detail, account }, tally, witness) {
  const heading = `VIOLATION: ${kind}${account === undefined ? '' : `, key ${account.keyId}`}\n  ${detail}`;
  const faults = tally.faults.slice(-SHOWN_FAULTS).map(({ atMs, what }) => `    ${at(atMs)}  ${what}`);
  const parts = [heading, '  the last faults', ...faults];
  if (account === undefined) return parts.join('\n');
  const answers = [...account.byProcess].map(([process, count]) => `    ${process}: ${count}`);
  const batches = witness
    .batchesOf(account.keyId)
    .map(
      ({ eventId, count, takenAtMs, isAcknowledged, reason = 'used' }) =>
        `    ${at(takenAtMs)}  ${eventId}: ${reason} ${count}${isAcknowledged ? '' : ', acknowledgement not seen'}`,
    );
  const calls = account.calls.map(({ startMs, endMs, what }) => `    ${at(startMs)} … ${at(endMs)}  ${what}`);
  return [
    ...parts,
    '  answers by process',
    ...answers,
    '  the last calls',
    ...calls,
    '  the last batches on the bus',
    ...batches,
  ].join('\n');
}

/** @param {number} timeMs */
function at(timeMs) {
  return new Date(timeMs).toISOString().slice(11, 23);
}

/** @param {readonly number[]} values */
function spread(values) {
  const ordered = [...values].sort((a, b) => a - b);
  const middle = ordered[Math.floor((ordered.length - 1) / 2)] ?? 0;
  return `${Math.round(middle)}, ${Math.round(ordered.at(-1) ?? 0)}`;
}

/** @param {readonly number[]} values */
function total(values) {
  return values.reduce((sum, value) => sum + value, 0);
}

/** @param {Map<string, number>} counts */
function sorted(counts) {
  return [...counts].sort(([, a], [, b]) => b - a);
}
