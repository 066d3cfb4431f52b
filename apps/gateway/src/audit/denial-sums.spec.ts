import { type Denial, DENIAL_WINDOW_MS, DenialSums } from './denial-sums.js';

const START = Date.parse('2026-11-23T00:00:00.000Z');
const at = (ms: number): Date => new Date(START + ms);
const denial = (changes: Partial<Denial> = {}): Denial => ({
  actor: 'anonymous',
  sourceAddress: '192.0.2.1',
  detail: 'admin_credential_invalid: GET /v1/projects',
  ...changes,
});

it('makes an event of the first denial at once, and one of all that follow within the minute', () => {
  const sums = new DenialSums(10);
  const first = sums.add(denial(), at(0));
  expect(first).toMatchObject({ ...denial(), action: 'access.denied', occurredAt: at(0).toJSON(), count: 1 });
  for (let i = 1; i <= 5_000; i += 1) expect(sums.add(denial(), at(i))).toBeUndefined();
  expect(sums.takeOver(at(DENIAL_WINDOW_MS - 1))).toEqual([]);
  const [sum, ...others] = sums.takeOver(at(DENIAL_WINDOW_MS));
  expect(sum).toMatchObject({ ...denial(), action: 'access.denied', count: 5_000 });
  expect(sum?.eventId).not.toBe(first?.eventId);
  expect(others).toEqual([]);
});

it('begins anew when the minute is over, and says nothing of a minute with one denial only', () => {
  const sums = new DenialSums(10);
  sums.add(denial(), at(0));
  expect(sums.takeOver(at(DENIAL_WINDOW_MS))).toEqual([]);
  expect(sums.add(denial(), at(DENIAL_WINDOW_MS))).toMatchObject({ count: 1 });
});

it.each<Partial<Denial>>([
  { actor: 'somebody' },
  { sourceAddress: '192.0.2.2' },
  { sourceAddress: null },
  { projectId: '01a20541-1d3c-7c5e-93f2-9f0d6c6f2a11' },
  { detail: 'forbidden: GET /v1/projects' },
])('tells denials apart by %j', (changes) => {
  const sums = new DenialSums(10);
  sums.add(denial(), at(0));
  expect(sums.add(denial(changes), at(0))).toMatchObject({ ...denial(changes), count: 1 });
});

it('never makes more events in a minute than two for each kind and two for all others, and counts every denial', () => {
  const kinds = 10;
  const sums = new DenialSums(kinds);
  const events = [];
  for (let i = 0; i < 10_000; i += 1) {
    const event = sums.add(denial({ sourceAddress: `198.51.${String(i % 100)}.${String(i % 250)}` }), at(i));
    if (event !== undefined) events.push(event);
  }
  events.push(...sums.takeAll(at(10_000)));
  expect(events.length).toBeLessThanOrEqual(2 * (kinds + 1));
  expect(events.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(10_000);
  expect(events.filter(({ sourceAddress }) => sourceAddress === null)).toHaveLength(2);
});
