// What its callers know about a key, and whether what was recorded can be true.
import { Series } from './series.mjs';

/** @typedef {import('./series.mjs').Call} Call */
/** @typedef {'used' | 'deleted' | 'expired'} Outcome a use, and refusals by their reason */

/** @type {readonly Outcome[]} */
const OUTCOMES = ['used', 'deleted', 'expired'];

/**
 * What PostgreSQL says about a key, read at one moment.
 *
 * @typedef {object} Recorded
 * @property {Record<Outcome, number>} counts  `used` by days
 * @property {number} hourly                   uses by hours
 * @property {number} [firstUsedMs]
 * @property {number} [lastUsedMs]
 */

/**
 * @typedef {'lost' | 'counted twice' | 'asOf claims too much' | 'hours and days differ' | 'first use is wrong'
 *   | 'last use is wrong'} AccountViolation
 */

/** For people, when something is wrong; the check itself needs none of them. */
const REMEMBERED_CALLS = 20;
/** A client that hears nothing any more may have given up before the gateway counted. */
const COUNTED_LATE_MS = 3_000;

export class Account {
  /** @type {Record<Outcome, Series>} */
  #answered = { used: new Series(), deleted: new Series(), expired: new Series() };
  #underWay = 0;
  #unanswered = 0;
  #earliestUnansweredMs = Infinity;
  #latestUnansweredMs = -Infinity;
  /** How many answers came from which gateway process. @type {Map<string, number>} */
  byProcess = new Map();
  /** The last ones. @type {(Call & { what: string })[]} */
  calls = [];

  /** @param {string} keyId */
  constructor(keyId) {
    this.keyId = keyId;
  }

  get unanswered() {
    return this.#unanswered;
  }

  /** @param {Outcome} outcome */
  answered(outcome) {
    return this.#answered[outcome];
  }

  /** A call is about to be sent. */
  begin() {
    this.#underWay += 1;
  }

  /**
   * @param {Outcome} outcome
   * @param {Call} call
   * @param {import('./gateway-process.mjs').GatewayProcess} process that has answered
   */
  answer(outcome, call, process) {
    this.#underWay -= 1;
    const series = this.#answered[outcome];
    process.remember(series, series.add(call), call.endMs);
    this.byProcess.set(process.name, (this.byProcess.get(process.name) ?? 0) + 1);
    this.#remember(call, `${process.name}: ${outcome}`);
  }

  /** The answer was neither a use nor a refusal that counts, or the call was never received. */
  answerNothing() {
    this.#underWay -= 1;
  }

  /** Nobody but the gateway knows whether it was counted. @param {Call} call @param {string} why */
  noAnswer(call, why) {
    this.#underWay -= 1;
    this.#unanswered += 1;
    this.#earliestUnansweredMs = Math.min(this.#earliestUnansweredMs, call.startMs);
    this.#latestUnansweredMs = Math.max(this.#latestUnansweredMs, call.endMs + COUNTED_LATE_MS);
    this.#remember(call, `no answer: ${why}`);
  }

  /**
   * What cannot be, at any time.
   *
   * @param {Recorded} recorded read before this is called
   * @param {number | null} asOfMs what was said to be complete when it was read
   * @returns {{ kind: AccountViolation, detail: string } | undefined}
   */
  contradictionOf({ counts, hourly }, asOfMs) {
    if (hourly !== counts.used) {
      return { kind: 'hours and days differ', detail: `${hourly} by hours, ${counts.used} by days` };
    }
    for (const outcome of OUTCOMES) {
      const { count } = this.#answered[outcome];
      const most = count + this.#unanswered + this.#underWay;
      const detail = `${outcome}: ${counts[outcome]} recorded; ${count} answered, ${this.#unanswered} without an answer, ${this.#underWay} under way`;
      if (counts[outcome] > most) return { kind: 'counted twice', detail };
      if (asOfMs === null) continue;
      const least = this.#certainBefore(outcome, asOfMs);
      if (counts[outcome] < least) {
        const claim = `${least} of them before ${new Date(asOfMs).toISOString()}, which all were said to be counted`;
        return { kind: 'asOf claims too much', detail: `${detail}; ${claim}` };
      }
    }
    return undefined;
  }

  /** How many that should have been recorded are not, or not yet. @param {Recorded} recorded */
  countMissing({ counts }) {
    return OUTCOMES.map((outcome) => {
      const { count, countAtStake } = this.#answered[outcome];
      return Math.max(0, count - countAtStake - counts[outcome]);
    }).reduce((sum, count) => sum + count, 0);
  }

  /** What cannot be once nothing is under way any more. @param {Recorded} recorded */
  finalContradictionOf(recorded) {
    for (const outcome of OUTCOMES) {
      const { count, countAtStake } = this.#answered[outcome];
      if (recorded.counts[outcome] >= count - countAtStake) continue;
      const detail = `${outcome}: ${recorded.counts[outcome]} recorded, ${count} answered, of which a kill -9 may have taken ${countAtStake}`;
      return { kind: /** @type {const} */ ('lost'), detail };
    }
    return this.contradictionOf(recorded, null) ?? this.#contradictionOfTimes(recorded);
  }

  /** @param {Recorded} recorded */
  #contradictionOfTimes({ firstUsedMs, lastUsedMs }) {
    const { latestStartMs, earliestEndMs, earliestStartMs, latestEndMs } = this.#answered.used.bounds();
    const first = [Math.min(earliestStartMs, this.#earliestUnansweredMs), earliestEndMs];
    if (isOutside(firstUsedMs, first, earliestEndMs !== Infinity)) {
      return { kind: /** @type {const} */ ('first use is wrong'), detail: describe(firstUsedMs, first) };
    }
    const last = [latestStartMs, Math.max(latestEndMs, this.#latestUnansweredMs)];
    if (isOutside(lastUsedMs, last, latestStartMs !== -Infinity)) {
      return { kind: /** @type {const} */ ('last use is wrong'), detail: describe(lastUsedMs, last) };
    }
    return undefined;
  }

  /** @param {Outcome} outcome @param {number} timeMs */
  #certainBefore(outcome, timeMs) {
    const series = this.#answered[outcome];
    return series.countEndedBefore(timeMs) - series.countAtStake;
  }

  /** @param {Call} call @param {string} what */
  #remember(call, what) {
    this.calls.push({ ...call, what });
    if (this.calls.length > REMEMBERED_CALLS) this.calls.shift();
  }
}

/** @param {number | undefined} timeMs @param {readonly (number | undefined)[]} bounds @param {boolean} isCertain that there is one */
function isOutside(timeMs, [low = -Infinity, high = Infinity], isCertain) {
  return timeMs === undefined ? isCertain : timeMs < low || timeMs > high;
}

/** @param {number | undefined} timeMs @param {readonly (number | undefined)[]} bounds */
function describe(timeMs, bounds) {
  const [time, low, high] = [timeMs, ...bounds].map((ms) =>
    ms !== undefined && Number.isFinite(ms) ? new Date(ms).toISOString() : 'never',
  );
  return `${time} is recorded; by the callers' clock it was between ${low} and ${high}`;
}
