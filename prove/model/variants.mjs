// What is explored: the protocol, the protocol with one thing left out, and the sets of faults that each has to withstand.

/**
 * @typedef {object} Protocol
 * @property {readonly ('deleting' | 'fence' | 'deleted' | 'deleted at once')[]} deletion the steps of a DELETE
 * @property {'token' | 'no token'} fill what it takes to store an entry
 * @property {boolean} hasRuns        entries and tokens are of a run of the server, and only those of the present one count
 * @property {boolean} fillChecksRun
 * @property {boolean} fenceRemovesEntry
 * @property {'wait' | 'ignore'} onLostFence
 * @property {boolean} verifierFences before it rejects a key that is being deleted
 */

/** @type {Protocol} */
export const PROTOCOL = {
  deletion: ['deleting', 'fence', 'deleted'],
  fill: 'token',
  hasRuns: true,
  fillChecksRun: true,
  fenceRemovesEntry: true,
  onLostFence: 'wait',
  verifierFences: true,
};

/** One thing left out of it, each of which breaks it. @type {Record<string, Protocol>} */
export const ABLATIONS = {
  'a fill does not check the run': { ...PROTOCOL, fillChecksRun: false },
  'the fence leaves the entry': { ...PROTOCOL, fenceRemovesEntry: false },
  'no run id at all': { ...PROTOCOL, hasRuns: false },
  'a fill without a token': { ...PROTOCOL, fill: 'no token' },
  'a verifier rejects without fencing': { ...PROTOCOL, verifierFences: false },
  'errors of Redis are ignored': { ...PROTOCOL, onLostFence: 'ignore' },
  'deleted is committed before the fence': { ...PROTOCOL, deletion: ['deleted at once', 'fence'] },
};

/**
 * How often each fault may still happen.
 *
 * @typedef {object} Faults
 * @property {number} crashes   of the process that deletes
 * @property {number} restarts  of Redis, empty
 * @property {number} rollbacks of Redis, to what it held at some earlier moment
 * @property {number} lostFences   of the one who deletes
 * @property {number} lostVerifierFences
 */

/** @type {Record<string, Faults>} */
export const FAULTS = {
  none: faults({}),
  crash: faults({ crashes: 1 }),
  'empty restart': faults({ restarts: 1 }),
  rollback: faults({ rollbacks: 1 }),
  'deleter cut off': faults({ lostFences: 1 }),
  'verifier cut off': faults({ lostVerifierFences: 1 }),
  'crash, empty restart': faults({ crashes: 1, restarts: 1 }),
  'crash, rollback': faults({ crashes: 1, rollbacks: 1 }),
  'deleter cut off, rollback': faults({ lostFences: 1, rollbacks: 1 }),
  'crash, both cut off': faults({ crashes: 1, lostFences: 1, lostVerifierFences: 1 }),
};

/** @param {Partial<Faults>} some @returns {Faults} */
function faults(some) {
  return { crashes: 0, restarts: 0, rollbacks: 0, lostFences: 0, lostVerifierFences: 0, ...some };
}
