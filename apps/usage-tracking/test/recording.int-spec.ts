import type { ApiKeysRefused, ApiKeysUsed } from '#contracts';
import type { MalformedEvent } from '#messaging';
import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '../../../test/support/database.js';
import { Recorder } from './recording-harness.js';
import { Counts, Publisher, type Use } from './usage-tracking.js';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

let recorders: Recorder[];
let counts: Counts;

beforeAll(async () => {
  const database = await createTestDatabase();
  recorders = await Promise.all([1, 2].map(() => Recorder.connect(database.usageTrackingUrl)));
  counts = new Counts(database);
});

afterAll(() => Promise.all(recorders.map((recorder) => recorder.close())));

/** One fetch of one of the two replicas. */
async function record(
  events: readonly (ApiKeysUsed | ApiKeysRefused)[],
  { replica = 0, malformed = [] as readonly MalformedEvent[] } = {},
): Promise<void> {
  await recorders[replica]?.service.record({ events, malformed });
}

async function times(keyId: string): Promise<{ first: number; last: number }> {
  const [row] = await counts.rows<{ first: Date; last: Date }>(
    'SELECT first_used_at AS first, last_used_at AS last FROM usage_tracking.api_key_usage WHERE key_id = $1',
    keyId,
  );
  if (row === undefined) throw new Error('The key was never used');
  return { first: row.first.getTime(), last: row.last.getTime() };
}

describe('recording', () => {
  it('counts uses by key, hour and day (UTC), and keeps the first and the last', async () => {
    const [keyId, other] = [randomUUID(), randomUUID()];
    const publisher = new Publisher();
    const beforeMidnight = Date.parse('2026-03-01T23:59:59.999Z');
    await record([publisher.used([{ keyId, count: 2, at: beforeMidnight }, { keyId: other }])]);
    await record([publisher.used([{ keyId, count: 3, at: beforeMidnight + 1 }])]);

    expect(await times(keyId)).toEqual({ first: beforeMidnight, last: beforeMidnight + 1 });
    expect(
      await counts.rows(
        `SELECT day::text, uses FROM usage_tracking.daily_uses WHERE key_id = $1 ORDER BY 1`,
        keyId,
      ),
    ).toEqual([
      { day: '2026-03-01', uses: '2' },
      { day: '2026-03-02', uses: '3' },
    ]);
    expect(
      await counts.rows(
        `SELECT hour, uses FROM usage_tracking.hourly_uses WHERE key_id = $1 ORDER BY 1`,
        keyId,
      ),
    ).toEqual([
      { hour: new Date('2026-03-01T23:00:00Z'), uses: '2' },
      { hour: new Date('2026-03-02T00:00:00Z'), uses: '3' },
    ]);
    expect(await counts.uses(other)).toBe(1);
  });

  it('counts a batch once, however often and however late it comes', async () => {
    const keyId = randomUUID();
    const publisher = new Publisher();
    const [first, second] = [publisher.used([{ keyId }]), publisher.used([{ keyId }])];
    await record([first, first, second]);
    await record([second, first]);
    const later = Array.from({ length: 500 }, () => publisher.used([{ keyId }]));
    await record(later);
    await record([first, ...later]);
    expect(await counts.uses(keyId)).toBe(502);
  });

  it('keeps no more than a range for the batches of a publisher, however many there were', async () => {
    const publisher = new Publisher();
    const batches = Array.from({ length: 300 }, () => publisher.used());
    await record(batches.filter((_, index) => index % 2 === 0));
    await record(batches.filter((_, index) => index % 2 === 1));
    expect(
      await counts.rows(
        'SELECT applied_batches FROM usage_tracking.publishers WHERE publisher_id = $1',
        publisher.id,
      ),
    ).toEqual([{ applied_batches: '{[1,301)}' }]);
  });

  it('counts each batch once when two replicas get all of them at the same time, in any order', async () => {
    const publishers = Array.from({ length: 4 }, () => new Publisher());
    const keyIds = Array.from({ length: 40 }, () => randomUUID());
    const batches = publishers.flatMap((publisher) =>
      Array.from({ length: 25 }, () => publisher.used(keyIds.map((keyId) => ({ keyId })))),
    );
    await Promise.all(
      [0, 1].map(async (replica) => {
        const mine = shuffled(batches);
        for (let start = 0; start < mine.length; start += 5) {
          await record(mine.slice(start, start + 5), { replica });
        }
      }),
    );
    for (const keyId of keyIds) expect(await counts.uses(keyId)).toBe(100);
  });

  it('never moves the last use back nor the first use forward when batches come out of order', async () => {
    const keyId = randomUUID();
    const publisher = new Publisher();
    const at = (seconds: number): Use[] => [
      { keyId, at: Date.parse('2026-03-01T10:00:00Z') + seconds * SECOND_MS },
    ];
    await record([publisher.used(at(20))]);
    await record([publisher.used(at(30)), publisher.used(at(10))]);
    await record([publisher.used(at(15))]);
    const { first, last } = await times(keyId);
    expect(last - first).toBe(20 * SECOND_MS);
  });

  it('takes uses from the future for uses of now', async () => {
    const keyId = randomUUID();
    const publisher = new Publisher();
    const tomorrow = Date.now() + 24 * HOUR_MS;
    await record([
      publisher.used([{ keyId, count: 2, at: tomorrow }]),
      publisher.used([{ keyId, count: 3, at: tomorrow + HOUR_MS }]),
    ]);
    const { first, last } = await times(keyId);
    for (const time of [first, last]) expect(Math.abs(time - Date.now())).toBeLessThan(10 * SECOND_MS);
    expect(await counts.uses(keyId)).toBe(5);
    const [row] = await counts.rows<{ hour: Date }>(
      'SELECT max(hour) AS hour FROM usage_tracking.hourly_uses WHERE key_id = $1',
      keyId,
    );
    expect(row?.hour.getTime()).toBeLessThanOrEqual(Date.now() + 5 * SECOND_MS);
  });

  it('counts refusals apart from uses, by their reason', async () => {
    const keyId = randomUUID();
    const publisher = new Publisher();
    const at = Date.parse('2026-03-01T10:00:00Z');
    await record([
      publisher.refused('expired', [{ keyId, count: 1, at }]),
      publisher.refused('deleted', [{ keyId, count: 2, at: at + SECOND_MS }]),
    ]);
    await record([publisher.refused('deleted', [{ keyId, count: 3, at: at + 2 * SECOND_MS }])]);
    expect(
      await counts.rows('SELECT * FROM usage_tracking.refusals WHERE key_id = $1 ORDER BY reason', keyId),
    ).toEqual([
      {
        key_id: keyId,
        reason: 'deleted',
        refusals: '5',
        first_refused_at: new Date(at + SECOND_MS),
        last_refused_at: new Date(at + 2 * SECOND_MS),
      },
      {
        key_id: keyId,
        reason: 'expired',
        refusals: '1',
        first_refused_at: new Date(at),
        last_refused_at: new Date(at),
      },
    ]);
    expect(await counts.uses(keyId)).toBe(0);
  });

  it('writes one row for each deleted key and flush, however often it is called with and by how many gateways', async () => {
    await counts.rows('CREATE TABLE public.written (key_id uuid)');
    await counts.rows(`
      CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        AS 'BEGIN INSERT INTO public.written VALUES (NEW.key_id); RETURN NEW; END'`);
    await counts.rows(`
      CREATE TRIGGER note BEFORE INSERT OR UPDATE ON usage_tracking.refusals FOR EACH ROW EXECUTE FUNCTION public.note()`);
    const keyIds = [randomUUID(), randomUUID()];
    const flood = Array.from({ length: 10 }, () => new Publisher()).flatMap((publisher) =>
      Array.from({ length: 50 }, () =>
        publisher.refused(
          'deleted',
          keyIds.map((keyId) => ({ keyId, count: 1_000_000 })),
        ),
      ),
    );
    await record(flood);
    const [row] = await counts.rows<{ written: string }>('SELECT count(*) AS written FROM public.written');
    // An insertion that turns into an update would pass the trigger twice; these keys are new.
    expect(row?.written).toBe('2');
    expect(
      await counts.rows('SELECT refusals FROM usage_tracking.refusals WHERE key_id = ANY($1)', keyIds),
    ).toEqual([{ refusals: '500000000' }, { refusals: '500000000' }]);
  });

  it('counts every key of a fetch with more keys than fit into a statement', async () => {
    const publisher = new Publisher();
    const keyIds = Array.from({ length: 12_000 }, () => randomUUID());
    const batches = Array.from({ length: 6 }, (_, index) =>
      publisher.used(keyIds.slice(index * 2_000, (index + 1) * 2_000).map((keyId) => ({ keyId }))),
    );
    await record(batches);
    const [row] = await counts.rows<{ uses: string }>(
      'SELECT sum(uses) AS uses FROM usage_tracking.daily_uses WHERE key_id = ANY($1)',
      keyIds,
    );
    expect(row?.uses).toBe('12000');
  }, 30_000);

  it('leaves nothing behind when a part of it fails, so that all of it can come again', async () => {
    const keyId = randomUUID();
    const publisher = new Publisher();
    const batch = publisher.used([{ keyId }]);
    const impossible = { ...malformedEvent(), streamSequence: Number.NaN };
    await expect(record([batch], { malformed: [impossible] })).rejects.toThrow();
    expect(await counts.uses(keyId)).toBe(0);
    await record([batch]);
    expect(await counts.uses(keyId)).toBe(1);
  });
});

describe('what could not be read', () => {
  it('is kept as it was, with the reason, once', async () => {
    const payload = Buffer.from([0x00, 0xff, 0x7b]);
    const event = { ...malformedEvent(), payload, reason: 'with a \0 in it' };
    await record([], { malformed: [event] });
    await record([], { malformed: [event] });
    const letters = await counts.rows(
      'SELECT subject, reason, payload, stream_sequence FROM usage_tracking.dead_letters WHERE published_at = $1',
      event.publishedAt,
    );
    expect(letters).toEqual([
      {
        subject: event.subject,
        reason: 'with a \uFFFD in it',
        payload,
        stream_sequence: String(event.streamSequence),
      },
    ]);
  });

  it('is kept in the transaction that counts what came with it', async () => {
    const keyId = randomUUID();
    const event = malformedEvent();
    const impossible = { ...malformedEvent(), streamSequence: Number.NaN };
    await expect(
      record([new Publisher().used([{ keyId }])], { malformed: [event, impossible] }),
    ).rejects.toThrow();
    expect(
      await counts.rows('SELECT FROM usage_tracking.dead_letters WHERE published_at = $1', event.publishedAt),
    ).toEqual([]);
    await record([new Publisher().used([{ keyId }])], { malformed: [event] });
    const transactions = await counts.rows(
      `SELECT xmin::text FROM usage_tracking.key_usage WHERE key_id = $1
       UNION SELECT xmin::text FROM usage_tracking.dead_letters WHERE published_at = $2`,
      keyId,
      event.publishedAt,
    );
    expect(transactions).toHaveLength(1);
  });
});

let malformedEvents = 0;

function malformedEvent(): MalformedEvent {
  const streamSequence = ++malformedEvents;
  return {
    subject: 'evt.api-keys.v1.used',
    streamSequence,
    publishedAt: new Date(Date.parse('2026-03-01T10:00:00Z') + streamSequence),
    payload: Buffer.from('?'),
    reason: 'not JSON',
  };
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
