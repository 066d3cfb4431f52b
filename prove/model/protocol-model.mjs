// The revocation protocol as a state machine small enough to visit every state: one key, one DELETE that is repeated until it
// is answered, two verifiers that verify for ever, and faults. Time is not in it: whatever expires may expire at any moment,
// and whoever waits goes on when nothing is left to wait for.

/** @typedef {import('./variants.mjs').Protocol} Protocol */
/** @typedef {import('./variants.mjs').Faults} Faults */

/** @typedef {{ run: number }} Entry */
/** @typedef {{ id: number, run: number, isFromBefore: boolean }} Token isFromBefore: granted while the key was active */

/**
 * @typedef {object} Verifier
 * @property {'idle' | 'look up' | 'read' | 'answer'} at
 * @property {number} token  0: none was granted
 * @property {Row} read
 * @property {{ answered: boolean, observed: boolean, rejected: boolean }} before what was known when the call started
 */

/** @typedef {'active' | 'deleting' | 'deleted'} Row */

/**
 * @typedef {object} State
 * @property {Row} row
 * @property {{ run: number, entry: Entry | null, token: Token | null }} redis
 * @property {{ entry: Entry | null, token: Token | null } | null} snapshot
 * @property {number | null} step of the DELETE under way
 * @property {{ answered: boolean, observed: boolean, rejected: boolean }} known that the key is deleted: by the 204, by a list, by a rejection
 * @property {Verifier[]} verifiers
 * @property {Faults} faults left
 */

/** @param {Faults} faults @returns {State} */
export function initialState(faults) {
  const known = { answered: false, observed: false, rejected: false };
  const verifier = {
    at: /** @type {const} */ ('idle'),
    token: 0,
    read: /** @type {const} */ ('active'),
    before: known,
  };
  return {
    row: 'active',
    redis: { run: 0, entry: null, token: null },
    snapshot: null,
    step: null,
    known,
    verifiers: [verifier, verifier],
    faults: { ...faults },
  };
}

/**
 * @typedef {object} Step
 * @property {string} what
 * @property {State} state
 * @property {keyof State['known'] | undefined} [violates] a call was accepted although this was known when it started
 */

/** Everything that may happen next. @param {State} state @param {Protocol} protocol @returns {Step[]} */
export function successors(state, protocol) {
  /** @type {Step[]} */
  const steps = [];
  /** @param {string} what @param {(next: State) => keyof State['known'] | undefined | void} change */
  const add = (what, change) => {
    const next = copy(state);
    const violates = change(next) ?? undefined;
    steps.push({ what, state: next, violates });
  };
  addAccidents(state, add);
  addDeletion(state, protocol, add);
  if (state.row === 'deleted' && !state.known.observed) {
    add('a list shows the key as deleted', (next) => void (next.known.observed = true));
  }
  for (const index of state.verifiers.keys()) addVerification(state, protocol, index, add);
  return steps;
}

/** @typedef {(what: string, change: (next: State) => keyof State['known'] | undefined | void) => void} Add */

/** What nobody has asked for. @param {State} state @param {Add} add */
function addAccidents({ redis, snapshot, step, faults }, add) {
  if (redis.entry) add('the entry expires', (next) => void (next.redis.entry = null));
  if (redis.token) add('the token expires', (next) => void (next.redis.token = null));
  if (faults.crashes > 0 && step !== null) {
    add('the deleter crashes', (next) => {
      next.faults.crashes -= 1;
      next.step = null;
    });
  }
  if (faults.restarts > 0) {
    add('Redis restarts empty', (next) => {
      next.faults.restarts -= 1;
      next.redis = { run: redis.run + 1, entry: null, token: null };
    });
  }
  if (faults.rollbacks > 0) {
    if (snapshot === null) {
      add(
        'Redis takes a snapshot',
        (next) => void (next.snapshot = { entry: redis.entry, token: redis.token }),
      );
    } else {
      add('Redis restarts with the snapshot', (next) => {
        next.faults.rollbacks -= 1;
        next.redis = { run: redis.run + 1, ...snapshot };
      });
    }
  }
}

/** @param {State} state @param {Protocol} protocol @param {Add} add */
function addDeletion(state, protocol, add) {
  const { step, known, faults, redis } = state;
  if (step === null) {
    if (!known.answered) add('DELETE begins', (next) => void (next.step = 0));
    return;
  }
  const done = (/** @type {State} */ next) => void (next.step = step + 1);
  switch (protocol.deletion[step]) {
    case undefined:
      add('DELETE is answered 204', (next) => {
        next.known.answered = true;
        next.step = null;
      });
      break;
    case 'deleting':
      add('`deleting` is committed', (next) => {
        if (next.row === 'active') next.row = 'deleting';
        done(next);
      });
      break;
    case 'deleted':
    case 'deleted at once':
      add('`deleted` is committed', (next) => {
        next.row = 'deleted';
        done(next);
      });
      break;
    case 'fence':
      add('the deleter fences', (next) => {
        fence(next, protocol);
        done(next);
      });
      if (faults.lostFences > 0 && protocol.onLostFence === 'ignore')
        add('the fence is lost, and ignored', done);
      // What was filled before has expired, and no token is left with which what was read before could still be filled. What
      // a snapshot holds has grown old with it.
      if (
        faults.lostFences > 0 &&
        protocol.onLostFence === 'wait' &&
        !redis.entry &&
        !redis.token?.isFromBefore
      ) {
        add('the fence is lost, and the deleter has waited', (next) => {
          if (next.snapshot) next.snapshot = { entry: null, token: null };
          done(next);
        });
      }
  }
}

/** @param {State} state @param {Protocol} protocol @param {number} index @param {Add} add */
function addVerification(state, protocol, index, add) {
  const verifier = at(state, index);
  const name = `verifier ${index + 1}`;
  const isCurrent = (/** @type {Entry | Token | null} */ one) =>
    one !== null && (!protocol.hasRuns || one.run === state.redis.run);
  switch (verifier.at) {
    case 'idle':
      add(
        `${name} is asked`,
        (next) => void Object.assign(at(next, index), { at: 'look up', before: { ...state.known } }),
      );
      break;
    case 'look up':
      if (isCurrent(state.redis.entry)) {
        add(`${name} accepts: cached`, (next) => accept(next, index));
        break;
      }
      add(`${name} finds nothing cached`, (next) => {
        const token = isCurrent(state.redis.token) ? 0 : freshToken(state);
        if (token > 0)
          next.redis.token = { id: token, run: state.redis.run, isFromBefore: state.row === 'active' };
        Object.assign(at(next, index), { at: 'read', token });
      });
      break;
    case 'read':
      add(
        `${name} reads ${state.row}`,
        (next) => void Object.assign(at(next, index), { at: 'answer', read: state.row }),
      );
      break;
    case 'answer':
      addAnswer(state, protocol, index, add);
  }
}

/** @param {State} state @param {Protocol} protocol @param {number} index @param {Add} add */
function addAnswer(state, protocol, index, add) {
  const verifier = at(state, index);
  const name = `verifier ${index + 1}`;
  if (verifier.read === 'active') {
    add(`${name} fills what it may, and accepts`, (next) => {
      fill(next, protocol, verifier.token);
      return accept(next, index);
    });
    return;
  }
  const mustFence = verifier.read === 'deleting' && protocol.verifierFences;
  add(mustFence ? `${name} fences and rejects` : `${name} rejects`, (next) => {
    if (mustFence) fence(next, protocol);
    next.known.rejected = true;
    rest(next, index);
  });
  if (mustFence && state.faults.lostVerifierFences > 0) {
    add(`${name} cannot fence: unavailable`, (next) => {
      next.faults.lostVerifierFences -= 1;
      rest(next, index);
    });
  }
}

/** @param {State} next @param {Protocol} protocol */
function fence(next, { fenceRemovesEntry }) {
  next.redis.token = null;
  if (fenceRemovesEntry) next.redis.entry = null;
}

/** @param {State} next @param {Protocol} protocol @param {number} token */
function fill({ redis }, { fill: needs, hasRuns, fillChecksRun }, token) {
  if (needs === 'token') {
    if (token === 0 || redis.token?.id !== token) return;
    if (hasRuns && fillChecksRun && redis.token.run !== redis.run) return;
    redis.token = null;
  }
  redis.entry = { run: redis.run };
}

/** @param {State} next @param {number} index @returns {keyof State['known'] | undefined} what it contradicts */
function accept(next, index) {
  const { before } = at(next, index);
  rest(next, index);
  if (before.answered) return 'answered';
  if (before.observed) return 'observed';
  return before.rejected ? 'rejected' : undefined;
}

/** @param {State} next @param {number} index */
function rest(next, index) {
  next.verifiers[index] = at(initialState(next.faults), 0);
}

/** The smallest number that nobody holds: tokens are random, so only whether two are equal matters. @param {State} state */
function freshToken({ redis, snapshot, verifiers }) {
  const held = new Set([redis.token?.id, snapshot?.token?.id, ...verifiers.map(({ token }) => token)]);
  let id = 1;
  while (held.has(id)) id += 1;
  return id;
}

/** What is deeper is never changed, only replaced. @param {State} state @returns {State} */
function copy(state) {
  const { redis, known, verifiers, faults } = state;
  return {
    ...state,
    redis: { ...redis },
    known: { ...known },
    verifiers: verifiers.map((verifier) => ({ ...verifier })),
    faults: { ...faults },
  };
}

/** @param {State} state @param {number} index @returns {Verifier} */
function at({ verifiers }, index) {
  const verifier = verifiers[index];
  if (verifier === undefined) throw new Error('there is no such verifier');
  return verifier;
}
