import { apiKeysUsed, type ApiKeysUsed } from '#contracts';
import { jetstream } from '@nats-io/jetstream';
import { randomUUID } from 'node:crypto';
import { eventually } from '../../../test/support/eventually.js';
import { RecordingBus } from './recording-bus.js';
import { Publisher } from './usage-tracking.js';

const HOUR_MS = 3_600_000;
const STALL_MS = 5_000;

let bus: RecordingBus;

beforeAll(async () => {
  bus = await RecordingBus.start();
  await bus.replica();
  await bus.drained();
}, 60_000);

afterAll(() => bus.stop());

/** Whatever somebody with a gateway's credentials puts on the bus. */
async function send(payload: string | Uint8Array, subject: string = apiKeysUsed.subject): Promise<void> {
  await jetstream(bus.gateway.client).publish(subject, payload, { msgID: randomUUID() });
}

function valid(): ApiKeysUsed {
  return new Publisher().used([{ keyId: randomUUID() }]);
}

const changed = (changes: object): string => JSON.stringify({ ...valid(), ...changes });

const MALFORMED: [what: string, payload: () => string | Uint8Array][] = [
  ['nothing', () => ''],
  ['text', () => 'used'],
  ['bytes that are no text', () => Uint8Array.from([0x7b, 0xff, 0x00, 0x7d])],
  ['half an event', () => JSON.stringify(valid()).slice(0, 90)],
  ['a list', () => JSON.stringify([valid()])],
  ['null', () => 'null'],
  ['an empty object', () => '{}'],
  ['a name that confuses validators', () => '{"__proto__": {"keyIds": []}, "constructor": 1}'],
  ['no batch id', () => changed({ eventId: undefined })],
  ['a batch id of something else', () => changed({ eventId: `${randomUUID()}:0` })],
  ['a key id of something else', () => changed({ keyIds: [`x'; DROP TABLE usage_tracking.key_usage; --`] })],
  ['a column that is too short', () => changed({ counts: [] })],
  ['no uses', () => changed({ counts: [0] })],
  ['fewer uses than none', () => changed({ counts: [-5] })],
  ['more uses than there can be', () => changed({ counts: [2 ** 52] })],
  ['uses as text', () => changed({ counts: ['1'] })],
  ['a time outside of its hour', () => changed({ lastOffsetsMs: [HOUR_MS] })],
  ['half an hour', () => changed({ hour: '2026-03-01T10:30:00.000Z' })],
  ['a day that does not exist', () => changed({ hour: '2026-02-30T10:00:00.000Z' })],
  ['more keys than a message may have', () => JSON.stringify(new Publisher().used(manyKeys(2_001)))],
  ['as much text as a message may have', () => changed({ final: 'x'.repeat(900_000) })],
];

function manyKeys(count: number) {
  return Array.from({ length: count }, () => ({ keyId: randomUUID() }));
}

async function deadLetters(): Promise<{ payload: Buffer; subject: string; reason: string }[]> {
  return bus.counts.rows('SELECT payload, subject, reason FROM usage_tracking.dead_letters');
}

describe('an event that cannot be read', () => {
  const sent = new Map<string, Buffer>();
  const neighbours: string[] = [];

  beforeAll(async () => {
    const publisher = new Publisher();
    for (const [what, payload] of MALFORMED) {
      const keyId = randomUUID();
      const bad = payload();
      sent.set(what, Buffer.from(bad));
      neighbours.push(keyId);
      await send(bad);
      await bus.publish(publisher.used([{ keyId }]));
    }
    await bus.drained();
  }, 30_000);

  it.each(MALFORMED)('is kept as it came, with the reason: %s', async (what) => {
    await eventually(async () => {
      const kept = (await deadLetters()).filter(({ payload }) => sent.get(what)?.equals(payload));
      expect(kept).toEqual([expect.objectContaining({ subject: apiKeysUsed.subject })]);
      expect(kept[0]?.reason).not.toBe('');
    });
  });

  it('costs nobody else a use', async () => {
    for (const keyId of neighbours) await bus.eventuallyUses(keyId, 1);
  });

  it('is kept, too, when nothing reacts to its subject', async () => {
    const subject = 'evt.api-keys.v1.forgotten';
    await send(JSON.stringify(valid()), subject);
    await eventually(async () => {
      expect((await deadLetters()).map((letter) => letter.subject)).toContain(subject);
    });
  });
});

describe('an event that is wrong and can be read', () => {
  it('counts once, as what came first under its number, whatever else comes under the same', async () => {
    const [first, other] = [randomUUID(), randomUUID()];
    const batch = new Publisher().used([{ keyId: first, count: 2 }]);
    const impostor = new Publisher().used([{ keyId: other, count: 500 }]);
    await send(JSON.stringify(batch));
    await bus.eventuallyUses(first, 2);
    await send(JSON.stringify({ ...impostor, eventId: batch.eventId }));
    await send(JSON.stringify(batch));
    await bus.drained();
    expect([await bus.counts.uses(first), await bus.counts.uses(other)]).toEqual([2, 0]);
  });

  it('from the future counts as of now, and makes nobody believe that more is complete than is', async () => {
    const keyId = randomUUID();
    const inAThousandYears = Date.parse('2999-12-31T23:00:00.000Z');
    const completeBefore = new Date(inAThousandYears);
    await bus.publish(new Publisher().used([{ keyId, count: 3, at: inAThousandYears }], { completeBefore }));
    await bus.eventuallyUses(keyId, 3);
    const [row] = await bus.counts.rows<{ last: Date }>(
      'SELECT last_used_at AS last FROM usage_tracking.api_key_usage WHERE key_id = $1',
      keyId,
    );
    const soon = Date.now() + STALL_MS;
    expect(row?.last.getTime()).toBeLessThanOrEqual(soon);
    expect((await bus.counts.asOf())?.getTime() ?? 0).toBeLessThanOrEqual(soon);
  });

  it('about keys that do not exist holds nobody up', async () => {
    const known = randomUUID();
    await bus.publish(new Publisher().used(manyKeys(2_000)));
    await bus.publish(new Publisher().used([{ keyId: known }]));
    await bus.eventuallyUses(known, 1);
  });
});

it('a thousand events of all these kinds in a row hold up no use for 5 s, and all of them are kept', async () => {
  const letters = (await deadLetters()).length;
  const kinds = MALFORMED.filter(([what]) => what !== 'as much text as a message may have');
  const published = new Map<string, number>();
  const lateness: number[] = [];
  const over = new AbortController();
  const publisher = new Publisher();
  const others = (async () => {
    while (!over.signal.aborted) {
      const keyId = randomUUID();
      published.set(keyId, performance.now());
      await bus.publish(publisher.used([{ keyId }]));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  const look = async (): Promise<void> => {
    const rows = await bus.counts.rows<{ id: string }>(
      'SELECT key_id AS id FROM usage_tracking.key_usage WHERE key_id = ANY ($1)',
      [...published.keys()],
    );
    for (const { id } of rows) {
      lateness.push(performance.now() - (published.get(id) ?? 0));
      published.delete(id);
    }
  };
  for (let sent = 0; sent < 1_000; sent += kinds.length) {
    const part = kinds.slice(0, 1_000 - sent);
    await Promise.all(part.map(([, payload]) => send(payload())));
    await look();
  }
  over.abort();
  await others;
  await eventually(
    async () => {
      await look();
      expect(published.size).toBe(0);
      expect((await deadLetters()).length).toBe(letters + 1_000);
    },
    { withinMs: 30_000 },
  );
  expect(lateness.length).toBeGreaterThan(1);
  expect(Math.max(...lateness)).toBeLessThan(STALL_MS);
}, 60_000);
