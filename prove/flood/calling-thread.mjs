import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { builtDirectory } from '../../tools/stack/paths.mjs';

/** @type {{ mintKey: () => string }} */
const { mintKey } = await import(join(builtDirectory, 'libs', 'api-key', 'src', 'index.js'));

/** @typedef {{ keys: string[] | undefined, statuses: number[] }} Role keys: a new one for each call when undefined */
/** @typedef {{ times: number[], mostAtOnce: number, answers: Record<string, number>, error?: string }} Report times: from when it was due, ms */

const TICK_MS = 5;
/** Of one side. More callers than this wait for each other. */
const MAX_CONNECTIONS = 128;

/** Calls /v1/auth from a thread of its own, so that nobody's calls wait for somebody else's. */
export class CallingThread {
  /** Calls that were under way at one moment. */
  mostAtOnce = 0;
  /** How many there were of each status. @type {Record<string, number>} */
  answers = {};
  #worker;

  /** @param {string} url @param {Role} role */
  constructor(url, role) {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: { url, ...role } });
  }

  /**
   * So many calls a second, however long they take.
   *
   * @param {number} rate
   * @param {number} seconds
   * @returns {Promise<number[]>} milliseconds of each, from when it was due
   * @throws when one is answered with a status that is not expected
   */
  async call(rate, seconds) {
    this.#worker.postMessage({ rate, seconds });
    const [report] = /** @type {[Report]} */ (await once(this.#worker, 'message'));
    if (report.error !== undefined) throw new Error(report.error);
    this.mostAtOnce = Math.max(this.mostAtOnce, report.mostAtOnce);
    for (const [status, count] of Object.entries(report.answers))
      this.answers[status] = (this.answers[status] ?? 0) + count;
    return report.times;
  }

  close() {
    return this.#worker.terminate();
  }
}

/** @param {{ url: string } & Role} role */
function obey({ url, keys, statuses }) {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  let calls = 0;

  parentPort?.on('message', (/** @type {{ rate: number, seconds: number }} */ { rate, seconds }) => {
    /** @type {Report} */
    const report = { times: [], mostAtOnce: 0, answers: {} };
    const startMs = performance.now();
    const total = rate * seconds;
    let started = 0;
    let underWay = 0;
    const timer = setInterval(() => {
      const due = Math.min(total, ((performance.now() - startMs) / 1_000) * rate);
      while (started < due) callOnce(startMs + (started++ / rate) * 1_000);
    }, TICK_MS);

    /** @param {number} dueMs */
    function callOnce(dueMs) {
      const key = keys?.[calls++ % keys.length] ?? mintKey();
      const headers = { authorization: `Bearer ${key}` };
      report.mostAtOnce = Math.max(report.mostAtOnce, ++underWay);
      const sent = request({ hostname, port, path: '/v1/auth', agent, headers }, (answer) => {
        const status = answer.statusCode ?? 0;
        report.answers[status] = (report.answers[status] ?? 0) + 1;
        const isExpected = statuses.includes(status);
        answer.resume().on('end', () => end(dueMs, isExpected ? undefined : `a call was answered ${status}`));
      });
      sent.on('error', (error) => end(dueMs, error.message)).end();
    }

    /** @param {number} dueMs @param {string} [error] */
    function end(dueMs, error) {
      underWay--;
      report.times.push(performance.now() - dueMs);
      if (error !== undefined) report.error = error;
      if (report.times.length < total) return;
      clearInterval(timer);
      parentPort?.postMessage(report);
    }
  });
}

if (!isMainThread) obey(workerData);
