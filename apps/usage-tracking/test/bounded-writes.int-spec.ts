import { randomUUID } from 'node:crypto';
import { asOwner } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { RecordingBus } from './recording-bus.js';
import { Publisher } from './usage-tracking.js';

const COUNTED_TABLES = ['key_usage', 'hourly_uses', 'daily_uses'];
const FLUSHES_PER_SECOND = 2;
const ROWS_PER_KEY_AND_FLUSH = 3;
const SECONDS = 4;

/** Every row that is written is noted, with its transaction, by the database itself. */
const NOTE_WRITES = `
  CREATE TABLE public.row_writes (transaction bigint, written_at timestamptz, key_id uuid);
  CREATE FUNCTION public.note_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      INSERT INTO public.row_writes VALUES (txid_current(), now(), NEW.key_id);
      RETURN NULL;
    END $$;
  ${COUNTED_TABLES.map(
    (table) => `CREATE TRIGGER note_write AFTER INSERT OR UPDATE ON usage_tracking.${table}
      FOR EACH ROW EXECUTE FUNCTION public.note_write();`,
  ).join('\n')}`;

let bus: RecordingBus;

beforeAll(async () => {
  bus = await RecordingBus.start();
  await asOwner(bus.database.ownerUrl, (sql) => sql.query(NOTE_WRITES));
  await bus.replica();
  await bus.drained();
}, 60_000);

afterAll(() => bus.stop());

interface Traffic {
  publishers: number;
  /** Between two batches of one publisher. */
  everyMs: number;
  keys: number;
  usesPerKey: number;
}

/** What the database had to do for some seconds of traffic. */
async function workFor({ publishers, everyMs, keys, usesPerKey }: Traffic) {
  const keyIds = Array.from({ length: keys }, () => randomUUID());
  const endsAt = performance.now() + SECONDS * 1_000;
  let published = 0;
  await Promise.all(
    Array.from({ length: publishers }, async () => {
      const publisher = new Publisher();
      while (performance.now() < endsAt) {
        await bus.publish(publisher.used(keyIds.map((keyId) => ({ keyId, count: usesPerKey }))));
        published += 1;
        await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
    }),
  );
  const uses = published * usesPerKey;
  await bus.eventuallyUses(keyIds[0] ?? '', uses);
  const [work] = await bus.counts.rows<{ flushes: number; rows: number; most: number; seconds: number }>(
    `SELECT count(DISTINCT transaction)::integer AS flushes, sum(writes)::integer AS rows,
       max(writes)::integer AS most, EXTRACT(epoch FROM max(written_at) - min(written_at))::float AS seconds
     FROM (
       SELECT transaction, key_id, count(*) AS writes, min(written_at) AS written_at
       FROM public.row_writes WHERE key_id = ANY ($1) GROUP BY 1, 2
     ) AS flush`,
    keyIds,
  );
  if (work === undefined) throw new Error('nothing was written');
  return { ...work, uses: uses * keys };
}

function expectBounded({ flushes, rows, most, seconds }: Awaited<ReturnType<typeof workFor>>, keys: number) {
  // The first is at the start of the time in which the others are.
  expect(flushes).toBeLessThanOrEqual(seconds * FLUSHES_PER_SECOND + 1.5);
  expect(most).toBeLessThanOrEqual(ROWS_PER_KEY_AND_FLUSH);
  expect(rows).toBeLessThanOrEqual(flushes * keys * ROWS_PER_KEY_AND_FLUSH);
}

describe('the work of the database', () => {
  it('does not grow with traffic: two flushes a second, each with three rows for each key, also for 1,000 times as much', async () => {
    const keys = 10;
    const quiet = await workFor({ publishers: 1, everyMs: 500, keys, usesPerKey: 1 });
    const busy = await workFor({ publishers: 4, everyMs: 25, keys, usesPerKey: 200 });
    expectBounded(quiet, keys);
    expectBounded(busy, keys);
    expect(busy.uses).toBeGreaterThan(quiet.uses * 1_000);
  }, 60_000);

  it('grows with the keys that are used', async () => {
    const keys = 500;
    const work = await workFor({ publishers: 2, everyMs: 100, keys, usesPerKey: 3 });
    expectBounded(work, keys);
    expect(work.rows).toBe(work.flushes * keys * ROWS_PER_KEY_AND_FLUSH);
  }, 60_000);

  it('is none for hours when nobody uses a key: a gateway that only says that it is there costs no row of a key', async () => {
    const count = async () => {
      const [row] = await bus.counts.rows<{ count: number }>(
        'SELECT count(*)::integer FROM public.row_writes',
      );
      return row?.count;
    };
    const before = await count();
    const idle = new Publisher();
    const lastWord = new Date(Date.now() - 1_000);
    await bus.publish(idle.used([], { completeBefore: lastWord }));
    await eventually(async () => {
      expect(
        await bus.counts.rows('SELECT FROM usage_tracking.publishers WHERE publisher_id = $1', idle.id),
      ).toHaveLength(1);
    });
    expect(await count()).toBe(before);
  });

  it.each([
    { perFlush: 100, least: 5, most: Infinity },
    { perFlush: 2_048, least: 1, most: 4 },
  ])(
    'of a backlog of 500 batches is at least $least flushes and at most $most, where a flush takes $perFlush',
    async ({ perFlush, least, most }) => {
      await bus.stopReplicas();
      const [keyId, publisher] = [randomUUID(), new Publisher()];
      const backlog = Array.from({ length: 500 }, () => publisher.used([{ keyId }]));
      await Promise.all(backlog.map((batch) => bus.publish(batch)));
      await bus.replica({ env: { EVENTS_PER_FLUSH: String(perFlush) } });
      await bus.eventuallyUses(keyId, backlog.length);
      const [work] = await bus.counts.rows<{ flushes: number; seconds: number }>(
        `SELECT count(DISTINCT transaction)::integer AS flushes,
         EXTRACT(epoch FROM max(written_at) - min(written_at))::float AS seconds
       FROM public.row_writes WHERE key_id = $1`,
        keyId,
      );
      expect(work?.flushes).toBeGreaterThanOrEqual(least);
      expect(work?.flushes).toBeLessThanOrEqual(most);
      expect(work?.flushes).toBeLessThanOrEqual((work?.seconds ?? 0) * FLUSHES_PER_SECOND + 1.5);
    },
  );
});
