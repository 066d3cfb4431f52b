import type { ApiKeysUsed } from '#contracts';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { Recorder } from './recording-harness.js';
import { Counts, Publisher } from './usage-tracking.js';

let database: TestDatabase;
let recorder: Recorder;
let counts: Counts;

beforeAll(async () => {
  database = await createTestDatabase();
  recorder = await Recorder.connect(database.usageTrackingUrl);
  counts = new Counts(database);
});

beforeEach(() => sql('TRUNCATE usage_tracking.publishers'));

afterAll(() => recorder.close());

async function sql(statement: string, ...parameters: unknown[]): Promise<void> {
  await asOwner(database.ownerUrl, (client) => client.query(statement, parameters));
}

/** By the only replica there is: nobody else holds anything. */
const record = (...events: ApiKeysUsed[]): Promise<void> =>
  recorder.service.record({ events, malformed: [], handledBefore: new Date() });

/** Nothing has been recorded from this publisher for so long. */
const silentFor = (seconds: number, publisher: Publisher): Promise<void> =>
  sql(
    `UPDATE usage_tracking.publishers SET last_seen_at = last_seen_at - $1 * interval '1 second' WHERE publisher_id = $2`,
    seconds,
    publisher.id,
  );

const at = (second: number): Date => new Date(Date.parse('2026-03-01T10:00:00Z') + second * 1_000);
const upTo = (second: number) => ({ completeBefore: at(second) });
const goodbye = (second: number) => ({ ...upTo(second), final: true });

describe('the moment before which all uses are counted', () => {
  it('is unknown until a gateway has reported', async () => {
    expect(await counts.asOf()).toBeNull();
  });

  it('is what the gateway says that is furthest behind', async () => {
    const [a, b] = [new Publisher(), new Publisher()];
    await record(a.used([], upTo(1)), b.used([], upTo(2)), a.used([], upTo(3)));
    expect(await counts.asOf()).toEqual(at(2));
    await record(b.used([], upTo(4)));
    expect(await counts.asOf()).toEqual(at(3));
  });

  it('waits for a batch that is missing, however many come after it', async () => {
    const gateway = new Publisher();
    const [first, missing, third] = [1, 2, 3].map((second) => gateway.used([], upTo(second)));
    await record(first as ApiKeysUsed, third as ApiKeysUsed);
    expect(await counts.asOf()).toEqual(at(1));
    await record(gateway.used([], upTo(4)));
    expect(await counts.asOf()).toEqual(at(1));
    await record(missing as ApiKeysUsed);
    await record(gateway.used([], upTo(5)));
    expect(await counts.asOf()).toEqual(at(5));
  });

  it('is unknown while the first batch of a gateway is missing', async () => {
    const [known, fresh] = [new Publisher(), new Publisher()];
    const missing = fresh.used([], upTo(1));
    await record(known.used([], upTo(1)), fresh.used([], upTo(2)));
    expect(await counts.asOf()).toBeNull();
    await record(missing, fresh.used([], upTo(3)));
    expect(await counts.asOf()).toEqual(at(1));
  });

  it('is never later than the time of recording, whatever a gateway says', async () => {
    await record(new Publisher().used([], { completeBefore: new Date(Date.now() + 3_600_000) }));
    expect((await counts.asOf())?.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it('is never later than what all replicas have recorded: in what is still to be recorded there may be a gateway that nobody knows', async () => {
    await sql('UPDATE usage_tracking.recording_horizon SET recorded_before = $1', at(2));
    const [known, newcomer] = [new Publisher(), new Publisher()];
    await recorder.service.record({ events: [known.used([], upTo(9))], malformed: [] });
    expect(await counts.asOf()).toEqual(at(2));
    // From the replica that is behind, later than from the other one: nothing goes back.
    for (const handledBefore of [at(5), at(4)]) {
      await recorder.service.record({ events: [], malformed: [], handledBefore });
      expect(await counts.asOf()).toEqual(at(5));
    }
    await record(newcomer.used([], upTo(6)));
    expect(await counts.asOf()).toEqual(at(6));
  });

  it('no longer waits for a gateway that has said goodbye', async () => {
    const [leaving, staying] = [new Publisher(), new Publisher()];
    await record(leaving.used([], upTo(1)), staying.used([], upTo(1)), leaving.used([], goodbye(2)));
    await record(staying.used([], upTo(9)));
    expect(await counts.asOf()).toEqual(at(9));
  });

  it('waits for what a gateway sent before its goodbye', async () => {
    const [leaving, staying] = [new Publisher(), new Publisher()];
    await record(leaving.used([], upTo(1)), staying.used([], upTo(9)));
    const missing = leaving.used([], upTo(2));
    await record(leaving.used([], goodbye(3)));
    expect(await counts.asOf()).toEqual(at(1));
    await record(missing);
    expect(await counts.asOf()).toEqual(at(9));
  });

  it('drops a gateway that is silent for a minute while another one is not', async () => {
    const [dead, living] = [new Publisher(), new Publisher()];
    await record(dead.used([], upTo(1)), living.used([], upTo(9)));
    await silentFor(59, dead);
    expect(await counts.asOf()).toEqual(at(1));
    await silentFor(2, dead);
    expect(await counts.asOf()).toEqual(at(9));
  });

  it('takes a dropped gateway back when it is heard again', async () => {
    const [away, living] = [new Publisher(), new Publisher()];
    await record(away.used([], upTo(1)), living.used([], upTo(9)));
    await silentFor(61, away);
    await record(away.used([], upTo(2)));
    expect(await counts.asOf()).toEqual(at(2));
  });

  it('stands still when nothing is recorded from anybody: nobody knows what they have counted since', async () => {
    const [a, b] = [new Publisher(), new Publisher()];
    await record(a.used([], upTo(1)), b.used([], upTo(2)));
    await silentFor(100_000, a);
    await silentFor(100_000, b);
    expect(await counts.asOf()).toEqual(at(1));
  });

  it('is the last goodbye when all have said goodbye', async () => {
    const [a, b] = [new Publisher(), new Publisher()];
    await record(a.used([], goodbye(1)), b.used([], goodbye(2)));
    expect(await counts.asOf()).toEqual(at(2));
  });
});

describe('the gap in which uses may be missing', () => {
  const gap = async (): Promise<{ from: Date | null; to: Date | null } | undefined> => {
    const [row] = await counts.rows<{ from: Date | null; to: Date | null }>(
      'SELECT gap_from AS from, gap_to AS to FROM usage_tracking.usage_completeness',
    );
    return row;
  };
  const none = { from: null, to: null };

  it('is none while all gateways are heard, or have said goodbye', async () => {
    expect(await gap()).toEqual(none);
    const [alive, gone] = [new Publisher(), new Publisher()];
    await record(alive.used([], upTo(1)), gone.used([], goodbye(1)));
    await silentFor(100_000, gone);
    expect(await gap()).toEqual(none);
  });

  it('begins where the counts of a silent gateway end, and ends when it is taken for dead', async () => {
    const [dead, living] = [new Publisher(), new Publisher()];
    await record(dead.used([], upTo(1)), living.used([], upTo(9)));
    await silentFor(59, dead);
    expect(await gap()).toEqual(none);
    await silentFor(2, dead);
    const { from, to } = (await gap()) ?? none;
    expect(from).toEqual(at(1));
    // Silent for 61 s, and taken for dead after 60.
    expect(Date.now() - (to?.getTime() ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(Date.now() - (to?.getTime() ?? 0)).toBeLessThan(30_000);
  });

  it('is the latest one', async () => {
    const [first, second, living] = [new Publisher(), new Publisher(), new Publisher()];
    await record(first.used([], upTo(1)), second.used([], upTo(2)), living.used([], upTo(9)));
    await silentFor(200, first);
    await silentFor(100, second);
    expect((await gap())?.from).toEqual(at(2));
  });

  it('closes when the gateway is heard again: its uses come with it', async () => {
    const [away, living] = [new Publisher(), new Publisher()];
    await record(away.used([], upTo(1)), living.used([], upTo(9)));
    await silentFor(100, away);
    expect((await gap())?.from).toEqual(at(1));
    await record(away.used([], upTo(10)));
    expect(await gap()).toEqual(none);
  });

  it('stays when a gateway has said goodbye, and something that it sent before never came', async () => {
    const [leaving, living] = [new Publisher(), new Publisher()];
    await record(leaving.used([], upTo(1)), living.used([], upTo(9)));
    leaving.used([], upTo(2));
    await record(leaving.used([], goodbye(3)));
    await silentFor(61, leaving);
    expect((await gap())?.from).toEqual(at(1));
  });
});
