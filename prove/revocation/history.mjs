// What has happened to one key, and whether it is possible. A key is monotone (absent, active, deleted), so a history is
// right if and only if there is one moment of deletion with
//
//   start of the first DELETE ≤ moment,   start of every accept < moment ≤ end of every answer that says "deleted"
//
// To know that, the earliest end of such an answer is all that has to be remembered: a check costs O(1) a call.

/**
 * @typedef {object} Call
 * @property {CallResult} result
 * @property {number} startMs before the first byte was sent
 * @property {number} endMs   after the last byte of the answer was read
 * @property {string} what    for people: who called, through which gateway, what came back
 */

/**
 * `accepted`, `refused`, `expired`: of a verification, `whoami` included. `deleted`: 204. `absent`: whatever else says that
 * there is no such key: 404 to a look, a change of the note, a replacement, or a list without it. `shown`: it is there.
 * @typedef {'accepted' | 'refused' | 'expired' | 'deleted' | 'absent' | 'shown'} CallResult
 */

/**
 * @typedef {'stale accept' | 'accept after an observed deletion' | 'accept after expiry' | 'false refusal' | 'missing'
 *   | 'shown after its deletion'} ViolationKind
 */

/**
 * @typedef {object} Violation
 * @property {ViolationKind} kind
 * @property {Call} offender
 * @property {Call | undefined} evidence what it contradicts
 * @property {readonly Call[]} calls the last ones before
 */

/** Services compare expiry with a clock of whole milliseconds. */
const CLOCK_MARGIN_MS = 5;
/** For people, when something is wrong; the check itself needs none of them. */
const REMEMBERED_CALLS = 25;

export class KeyHistory {
  #expiresAtMs;
  #firstDeletionMs = Infinity;
  #lastEndMs = -Infinity;
  /** The earliest to end, each of its kind. @type {Call | undefined} */
  #deleted;
  /** @type {Call | undefined} */
  #absent;
  /** @type {Call | undefined} */
  #refused;
  /** @type {Call[]} */
  #calls = [];

  /** @param {{ expiresAtMs?: number }} [key] on the clock of the calls */
  constructor({ expiresAtMs = Infinity } = {}) {
    this.#expiresAtMs = expiresAtMs;
  }

  /** Somebody is about to send a DELETE. Whatever becomes of it, the key may be deleted from now on. @param {number} startMs */
  beginDeletion(startMs) {
    this.#firstDeletionMs = Math.min(this.#firstDeletionMs, startMs);
  }

  /**
   * To be called in the order in which calls end: then all that an offender can contradict is known when it comes.
   *
   * @param {Call} call one that started after the key was created
   * @returns {Violation | undefined}
   */
  record(call) {
    if (call.endMs < this.#lastEndMs)
      throw new Error('calls are to be recorded in the order in which they end');
    this.#lastEndMs = call.endMs;
    const contradiction = this.#contradictionOf(call);
    const violation = contradiction && { ...contradiction, offender: call, calls: [...this.#calls] };
    this.#remember(call);
    return violation;
  }

  /** @param {Call} call @returns {{ kind: ViolationKind, evidence: Call | undefined } | undefined} */
  #contradictionOf(call) {
    switch (call.result) {
      case 'accepted':
        return this.#contradictionOfAccept(call);
      case 'shown':
        return (
          startsAfter(call, 'shown after its deletion', this.#deleted) ??
          startsAfter(call, 'shown after its deletion', this.#absent)
        );
      case 'refused':
      case 'expired': {
        const isExpired = call.result === 'expired' && call.endMs + CLOCK_MARGIN_MS >= this.#expiresAtMs;
        return isExpired || this.#mayBeDeletedAt(call.endMs)
          ? undefined
          : { kind: 'false refusal', evidence: undefined };
      }
      case 'absent':
      case 'deleted':
        return this.#mayBeDeletedAt(call.endMs) ? undefined : { kind: 'missing', evidence: undefined };
    }
  }

  /** @param {Call} call */
  #contradictionOfAccept(call) {
    if (call.startMs > this.#expiresAtMs + CLOCK_MARGIN_MS) {
      return { kind: /** @type {const} */ ('accept after expiry'), evidence: undefined };
    }
    return (
      startsAfter(call, 'stale accept', this.#deleted) ??
      startsAfter(call, 'accept after an observed deletion', this.#absent) ??
      startsAfter(call, 'accept after an observed deletion', this.#refused)
    );
  }

  /** @param {number} timeMs */
  #mayBeDeletedAt(timeMs) {
    return this.#firstDeletionMs <= timeMs;
  }

  /** @param {Call} call */
  #remember(call) {
    if (call.result === 'deleted') this.#deleted ??= call;
    if (call.result === 'absent') this.#absent ??= call;
    if (call.result === 'refused' || call.result === 'expired') this.#refused ??= call;
    this.#calls.push(call);
    if (this.#calls.length > REMEMBERED_CALLS) this.#calls.shift();
  }
}

/**
 * @param {Call} call
 * @param {ViolationKind} kind
 * @param {Call | undefined} evidence
 */
function startsAfter(call, kind, evidence) {
  return evidence !== undefined && call.startMs > evidence.endMs ? { kind, evidence } : undefined;
}
