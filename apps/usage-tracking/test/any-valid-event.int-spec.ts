import { ApiKeysRefused, ApiKeysUsed, MAX_USES_PER_KEY_AND_MESSAGE, REFUSAL_REASONS } from '#contracts';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import * as fc from 'fast-check';
import { createTestDatabase } from '../../../test/support/database.js';
import { Recorder } from './recording-harness.js';

let recorder: Recorder;

beforeAll(async () => {
  const database = await createTestDatabase();
  recorder = await Recorder.connect(database.usageTrackingUrl);
});

afterAll(() => recorder.close());

/** Mostly what it should be, up to the limits, and now and then something else. */
const mostly = <T>(arbitrary: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 30, arbitrary }, { weight: 1, arbitrary: other });

const year = (from: string, to: string) =>
  fc.date({ min: new Date(from), max: new Date(to), noInvalidDate: true }).map((date) => date.toJSON());
const instant = mostly(
  year('2000-01-01', '2999-12-31'),
  fc.oneof(year('-000100-01-01', '+100000-01-01'), fc.string()),
);
const hour = mostly(
  instant.map((text) => text.replace(/:\d\d:\d\d\.\d{3}Z$/, ':00:00.000Z')),
  instant,
);
const integer = (min: number, max: number) => mostly(fc.integer({ min, max }), fc.double());
const keyId = mostly(
  fc.oneof(
    fc.uuid(),
    fc.uuid().map((id) => id.toUpperCase()),
  ),
  fc.string(),
);
const offset = integer(0, 3_599_999);
const rows = fc.array(fc.tuple(keyId, integer(1, MAX_USES_PER_KEY_AND_MESSAGE), offset, offset), {
  maxLength: 4,
});

const batch = fc
  .record({
    publisherId: fc.uuid(),
    batchNumber: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 999_999_999_999_999 })),
    occurredAt: instant,
    completeBefore: instant,
    final: fc.boolean(),
    hour,
    reason: fc.constantFrom(...REFUSAL_REASONS, undefined),
    rows,
  })
  .map(({ publisherId, batchNumber, reason, rows, ...rest }) => {
    const content = {
      ...rest,
      eventId: `${publisherId}:${String(batchNumber)}`,
      keyIds: rows.map(([id]) => id),
      counts: rows.map(([, count]) => count),
      firstOffsetsMs: rows.map(([, , first]) => first),
      lastOffsetsMs: rows.map(([, , , last]) => last),
    };
    return reason === undefined
      ? plainToInstance(ApiKeysUsed, content)
      : plainToInstance(ApiKeysRefused, { ...content, reason });
  });

it('whatever passes validation can be recorded: no event can hold up those behind it', async () => {
  let valid = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 20 }), async (batches) => {
      const events = batches.filter((event) => validateSync(event).length === 0);
      valid += events.length;
      await recorder.service.record({ events, malformed: [] });
    }),
    { numRuns: 300 },
  );
  expect(valid).toBeGreaterThan(1_000);
}, 60_000);
