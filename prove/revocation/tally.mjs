/** What a proof reports: how much was done, and what came of it. */
export class Tally {
  verifications = 0;
  accepted = 0;
  refused = 0;
  creations = 0;
  deletions = 0;
  /** How else a key was looked at than by verifying it. @type {Map<string, number>} */
  looksByKind = new Map();
  faults = 0;
  /** @type {Map<string, number>} */
  faultsByKind = new Map();
  /** Status and code, or why there was no answer. @type {Map<string, number>} */
  failures = new Map();
  /** @type {(import('./history.mjs').Violation & { keyId: string })[]} */
  violations = [];

  /** For people who wait. */
  get figures() {
    const { verifications, deletions, faults, violations } = this;
    return `${verifications} verifications, ${deletions} deletions, ${faults} faults, ${violations.length} violations`;
  }

  /** @param {string} kind */
  countFault(kind) {
    this.faults += 1;
    increment(this.faultsByKind, kind);
  }

  /** @param {string} kind */
  countLook(kind) {
    increment(this.looksByKind, kind);
  }

  /** @param {string} operation @param {string} cause */
  countFailure(operation, cause) {
    increment(this.failures, `${operation}: ${cause}`);
  }

  /** @param {import('./history.mjs').ViolationKind[]} kinds */
  violationsOf(...kinds) {
    return this.violations.filter(({ kind }) => kinds.includes(kind)).length;
  }
}

/** @param {Map<string, number>} counts @param {string} name */
function increment(counts, name) {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
