/** @typedef {import('./account.mjs').Account} Account */
/** @typedef {import('./account.mjs').Outcome} Outcome */

/**
 * @typedef {object} Violation
 * @property {import('./account.mjs').AccountViolation | 'a key that nobody called' | 'dead letters'
 *   | 'a gateway held uses for too long'} kind
 * @property {string} detail
 * @property {Account} [account] of the key
 */

/** Timers fire late and processes wait for a processor, now and then for long: a machine under proof is busy. */
const LATE_MS = { oneGateway: 1_500, half: 250 };
/** Fewer say nothing about what is usual. */
const JUDGED_LOSSES = 4;

/** What a proof reports: how much was done, and what came of it. */
export class Tally {
  /** Answers, by what they were. @type {Record<Outcome, number>} */
  answered = { used: 0, deleted: 0, expired: 0 };
  /** What was recorded in the end. @type {Record<Outcome, number>} */
  recorded = { used: 0, deleted: 0, expired: 0 };
  unanswered = 0;
  /** More recorded than answered, key by key: calls without an answer that were counted. */
  unansweredButCounted = 0;
  /** Fewer recorded than answered, key by key. */
  missing = 0;
  keys = 0;
  samples = 0;
  /** How old `asOf` was. @type {number[]} */
  asOfLagsMs = [];
  /** What each `kill -9` of a gateway may have taken. @type {import('./gateway-process.mjs').Loss[]} */
  losses = [];
  /** @type {Map<string, number>} */
  faultsByKind = new Map();
  /** For people who look at a violation. @type {{ atMs: number, what: string }[]} */
  faults = [];
  /** Status and code, or why there was no answer. @type {Map<string, number>} */
  failures = new Map();
  /** Processes that were ended by a signal. */
  kills = 0;
  /** @type {Violation[]} */
  violations = [];
  #reported = new Set();

  /** For people who wait. */
  get figures() {
    const { answered, faults, kills, violations } = this;
    const refusals = answered.deleted + answered.expired;
    return `${answered.used} uses, ${refusals} refusals, ${faults.length} faults, ${kills} kills, ${violations.length} violations`;
  }

  /** @param {Outcome} outcome */
  countAnswer(outcome) {
    this.answered[outcome] += 1;
  }

  /** @param {string} kind @param {string} what */
  countFault(kind, what) {
    increment(this.faultsByKind, kind);
    this.faults.push({ atMs: Date.now(), what });
  }

  /** @param {string} cause */
  countFailure(cause) {
    increment(this.failures, cause);
  }

  /** A gateway was killed with -9. @param {string} label @param {import('./gateway-process.mjs').Loss} loss */
  countLoss(label, loss) {
    this.losses.push(loss);
    const lateMs = this.losses.filter(({ atStake }) => atStake > 0).map((one) => one.lateMs);
    const usualMs = lateMs.sort((a, b) => a - b)[Math.floor((lateMs.length - 1) / 2)] ?? 0;
    const isUsual = lateMs.length >= JUDGED_LOSSES && usualMs > LATE_MS.half;
    if (!isUsual && (loss.lateMs <= LATE_MS.oneGateway || loss.atStake === 0)) return;
    const detail = `${label} was killed with ${loss.atStake} uses that JetStream did not have for certain, for ${Math.round(loss.heldMs)} ms: ${Math.round(loss.lateMs)} ms more than 100 ms and acknowledgements, ${Math.round(usualMs)} ms in the median`;
    this.report({ kind: 'a gateway held uses for too long', detail });
  }

  /** @param {Account} account @param {import('./account.mjs').Recorded} recorded */
  countRecorded(account, { counts }) {
    this.keys += 1;
    this.unanswered += account.unanswered;
    for (const outcome of /** @type {const} */ (['used', 'deleted', 'expired'])) {
      const difference = counts[outcome] - account.answered(outcome).count;
      this.recorded[outcome] += counts[outcome];
      if (difference > 0) this.unansweredButCounted += difference;
      else this.missing -= difference;
    }
  }

  /** The first of its kind of each key. @param {Violation} violation */
  report(violation) {
    const name = `${violation.kind} ${violation.account?.keyId ?? ''}`;
    if (this.#reported.has(name)) return;
    this.#reported.add(name);
    this.violations.push(violation);
  }
}

/** @param {Map<string, number>} counts @param {string} name */
function increment(counts, name) {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
