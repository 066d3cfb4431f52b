import { explore } from './explore.mjs';
import { ABLATIONS, FAULTS, PROTOCOL } from './variants.mjs';

/** All of them, in some minutes: `npm run prove:model`. */
const MAX_STATES = 25_000;
const withinBound = ['none', 'crash', 'empty restart', 'deleter cut off', 'verifier cut off'];

const faultsCalled = (name: string) => {
  const faults = FAULTS[name];
  if (faults === undefined) throw new Error(`there are no faults called ${name}`);
  return faults;
};

describe('the protocol, in every state that it can get into', () => {
  it.each(withinBound)(
    'lets no deleted key through: %s',
    (name) => {
      const { violation, isComplete } = explore(PROTOCOL, faultsCalled(name), { maxStates: MAX_STATES });
      expect(violation).toBeUndefined();
      expect(isComplete).toBe(true);
    },
    60_000,
  );

  it('is not called complete when the bound was too low to know', () => {
    expect(explore(PROTOCOL, faultsCalled('rollback'), { maxStates: 100 }).isComplete).toBe(false);
  });
});

describe('the protocol without one of its parts', () => {
  it.each([
    ['a fill does not check the run', 'rollback', 'answered'],
    ['the fence leaves the entry', 'none', 'answered'],
    ['no run id at all', 'rollback', 'answered'],
    ['a fill without a token', 'none', 'answered'],
    ['a verifier rejects without fencing', 'none', 'rejected'],
    ['errors of Redis are ignored', 'deleter cut off', 'answered'],
    ['deleted is committed before the fence', 'none', 'observed'],
  ])(
    'lets one through: %s (faults: %s)',
    (name, faults, violates) => {
      const ablation = ABLATIONS[name];
      if (ablation === undefined) throw new Error(`there is no ablation called ${name}`);
      const { violation } = explore(ablation, faultsCalled(faults), { maxStates: MAX_STATES });
      expect(violation?.violates).toBe(violates);
      // The shortest way there, which ends with the wrong accept.
      expect(violation?.trace.at(-1)).toContain('accepts');
    },
    60_000,
  );

  it('is tested for every part', () => {
    expect(Object.keys(ABLATIONS)).toHaveLength(7);
  });
});
