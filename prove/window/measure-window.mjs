import { NoAnswerError } from '../harness/door.mjs';

/** @typedef {import('../harness/door.mjs').Door} Door */

const TIMEOUT_MS = 20_000;
const CALLERS_PER_DOOR = 2;
/** After the 204, each caller goes on for so many calls. */
const CALLS_AFTER = 5;

/** @typedef {{ startMs: number, isAccepted: boolean | undefined }} Call isAccepted: undefined when there was no answer */

/**
 * @param {readonly Door[]} doors
 * @param {{ trials: number, atOnce: number, onTrial: (done: number) => void }} options
 */
export async function measureWindow(doors, { trials, atOnce, onTrial }) {
  const project = await doors[0]?.ask('POST', '/v1/projects', {
    body: { name: 'Window' },
    timeoutMs: TIMEOUT_MS,
  });
  const result = { callsAfter: 0, acceptedAfter: 0, unknown: 0, windowMs: 0 };
  let started = 0;
  let done = 0;
  const workers = Array.from({ length: atOnce }, async () => {
    while (started < trials) {
      const door = /** @type {Door} */ (doors[started++ % doors.length]);
      const { deletedAtMs, calls } = await deleteUnderFire(doors, door, project?.body.id);
      for (const { startMs, isAccepted } of calls.filter((call) => call.startMs > deletedAtMs)) {
        result.callsAfter += 1;
        if (isAccepted === undefined) result.unknown += 1;
        if (!isAccepted) continue;
        result.acceptedAfter += 1;
        result.windowMs = Math.max(result.windowMs, startMs - deletedAtMs);
      }
      onTrial(++done);
    }
  });
  await Promise.all(workers);
  return result;
}

/** @param {readonly Door[]} doors @param {Door} door of the admin @param {string} projectId */
async function deleteUnderFire(doors, door, projectId) {
  const keys = `/v1/projects/${projectId}/api-keys`;
  const created = await door.ask('POST', keys, { body: {}, timeoutMs: TIMEOUT_MS });
  if (created.status !== 201) throw new Error(`no key was created: ${created.status} ${created.body?.code}`);
  const { id, key } = created.body;
  // Cached before anything else happens.
  if (!(await isAccepted(door, key))) throw new Error('the new key was not accepted');
  let deletedAtMs = Infinity;
  const callers = doors.flatMap((one) =>
    Array.from({ length: CALLERS_PER_DOOR }, () => callUntil(() => deletedAtMs, one, key)),
  );
  const deleted = await door.ask('DELETE', `${keys}/${id}`, { timeoutMs: TIMEOUT_MS });
  if (deleted.status !== 204)
    throw new Error(`the key was not deleted: ${deleted.status} ${deleted.body?.code}`);
  deletedAtMs = performance.now();
  return { deletedAtMs, calls: (await Promise.all(callers)).flat() };
}

/** @param {() => number} deletedAtMs @param {Door} door @param {string} key */
async function callUntil(deletedAtMs, door, key) {
  /** @type {Call[]} */
  const calls = [];
  for (let left = CALLS_AFTER; left > 0;) {
    const startMs = performance.now();
    if (startMs > deletedAtMs()) left -= 1;
    calls.push({ startMs, isAccepted: await isAccepted(door, key) });
  }
  return calls;
}

/** @param {Door} door @param {string} key @returns {Promise<boolean | undefined>} */
async function isAccepted(door, key) {
  try {
    const { status } = await door.ask('GET', '/v1/auth', { credential: key, timeoutMs: TIMEOUT_MS });
    return status === 503 ? undefined : status === 200;
  } catch (error) {
    if (error instanceof NoAnswerError) return undefined;
    throw error;
  }
}
