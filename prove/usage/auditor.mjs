// Reads what was recorded, and compares it with what the callers know.
import { setTimeout as delay } from 'node:timers/promises';

/** @typedef {import('./account.mjs').Recorded} Recorded */

const SAMPLE_EVERY_MS = 400;
const RETRY_MS = 100;
/** JetStream gives what was fetched to somebody else after 5 s, and a consumer gives back what it could not record for one. */
const STANDSTILL_MS = 12_000;
const NOTHING = { counts: { used: 0, deleted: 0, expired: 0 }, hourly: 0 };

/** One statement, so one moment. */
const READ = `
  SELECT (SELECT as_of FROM usage_tracking.usage_completeness) AS as_of,
    (SELECT count(*)::integer FROM usage_tracking.dead_letters) AS dead_letters,
    (SELECT coalesce(json_agg(key), '[]') FROM (
      SELECT key_id, known.first_used_at, known.last_used_at, daily.uses AS daily, hourly.uses AS hourly,
        refused.deleted, refused.expired
      FROM usage_tracking.key_usage AS known
      FULL JOIN (SELECT key_id, sum(uses) AS uses FROM usage_tracking.daily_uses GROUP BY 1) AS daily USING (key_id)
      FULL JOIN (SELECT key_id, sum(uses) AS uses FROM usage_tracking.hourly_uses GROUP BY 1) AS hourly USING (key_id)
      FULL JOIN (
        SELECT key_id, sum(refusals) FILTER (WHERE reason = 'deleted') AS deleted,
          sum(refusals) FILTER (WHERE reason = 'expired') AS expired
        FROM usage_tracking.refusals GROUP BY 1
      ) AS refused USING (key_id)
    ) AS key) AS keys`;

/** @typedef {{ asOfMs: number | null, deadLetters: number, keys: Map<string, Recorded> }} Sample */

export class Auditor {
  #ground;
  #keys;
  #tally;
  #stop = new AbortController();
  #sampling = Promise.resolve();
  /** @type {import('pg').Client | undefined} */
  #postgres;

  /**
   * @param {import('./ground.mjs').UsageGround} ground
   * @param {import('./keys.mjs').Keys} keys
   * @param {import('./tally.mjs').Tally} tally
   */
  constructor(ground, keys, tally) {
    this.#ground = ground;
    this.#keys = keys;
    this.#tally = tally;
  }

  begin() {
    this.#sampling = this.#sampleAgainAndAgain();
  }

  async end() {
    this.#stop.abort();
    await this.#sampling;
    await this.#postgres?.end().catch(() => undefined);
    this.#postgres = undefined;
  }

  /** Waits while something is missing and less and less is. @returns {Promise<boolean>} whether nothing is missing any more */
  async untilNothingIsMissing() {
    let least = Infinity;
    let leastSinceMs = performance.now();
    for (;;) {
      const { keys } = await this.#read();
      const missing = [...this.#keys.all.values()]
        .map(({ id, account }) => account.countMissing(keys.get(id) ?? NOTHING))
        .reduce((sum, count) => sum + count, 0);
      if (missing === 0) return true;
      if (missing < least) leastSinceMs = performance.now();
      least = Math.min(least, missing);
      if (performance.now() - leastSinceMs > STANDSTILL_MS) return false;
      await delay(RETRY_MS);
    }
  }

  /** Once nothing is under way any more. */
  async compare() {
    const { keys, deadLetters } = await this.#read();
    for (const { id, account } of this.#keys.all.values()) {
      const recorded = keys.get(id) ?? NOTHING;
      this.#tally.countRecorded(account, recorded);
      const contradiction = account.finalContradictionOf(recorded);
      if (contradiction !== undefined) this.#tally.report({ ...contradiction, account });
    }
    const strangers = [...keys.keys()].filter((id) => !this.#keys.all.has(id));
    if (strangers.length > 0) {
      this.#tally.report({ kind: 'a key that nobody called', detail: strangers.join(', ') });
    }
    if (deadLetters > 0) {
      const detail = `${deadLetters} events could not be read`;
      this.#tally.report({ kind: 'dead letters', detail });
    }
  }

  async #sampleAgainAndAgain() {
    while (!this.#stop.signal.aborted) {
      const sample = await this.#read();
      this.#tally.samples += 1;
      if (sample.asOfMs !== null) this.#tally.asOfLagsMs.push(Date.now() - sample.asOfMs);
      for (const { id, account } of this.#keys.all.values()) {
        const contradiction = account.contradictionOf(sample.keys.get(id) ?? NOTHING, sample.asOfMs);
        if (contradiction !== undefined) this.#tally.report({ ...contradiction, account });
      }
      await delay(SAMPLE_EVERY_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** Again until PostgreSQL is there. @returns {Promise<Sample>} */
  async #read() {
    for (;;) {
      try {
        this.#postgres ??= await this.#ground.connectToPostgres();
        const { rows } = await this.#postgres.query(READ);
        return toSample(rows[0]);
      } catch {
        await this.#postgres?.end().catch(() => undefined);
        this.#postgres = undefined;
        await delay(RETRY_MS);
      }
    }
  }
}

/**
 * A key as PostgreSQL puts it into JSON.
 *
 * @typedef {{ key_id: string, first_used_at: string | null, last_used_at: string | null, daily: number | null,
 *   hourly: number | null, deleted: number | null, expired: number | null }} KeyRow
 */

/** @param {{ as_of: Date | null, dead_letters: number, keys: KeyRow[] }} row @returns {Sample} */
function toSample({ as_of: asOf, dead_letters: deadLetters, keys }) {
  return {
    asOfMs: asOf?.getTime() ?? null,
    deadLetters,
    keys: new Map(keys.map((key) => [key.key_id, toRecorded(key)])),
  };
}

/** @param {KeyRow} key @returns {Recorded} */
function toRecorded({ first_used_at: first, last_used_at: last, daily, hourly, deleted, expired }) {
  return {
    counts: { used: daily ?? 0, deleted: deleted ?? 0, expired: expired ?? 0 },
    hourly: hourly ?? 0,
    ...(first === null ? {} : { firstUsedMs: Date.parse(first) }),
    ...(last === null ? {} : { lastUsedMs: Date.parse(last) }),
  };
}
