import { IsInt, IsString } from 'class-validator';
import { event, type EventMessage } from '#contracts';
import { readEventBatch, type StoredMessage } from './jetstream.event-batch.js';

class ThingHappened implements EventMessage {
  @IsString()
  eventId!: string;

  @IsString()
  occurredAt!: string;

  @IsInt()
  count!: number;
}

const thingHappened = event('evt.tests.v1.happened', ThingHappened);
const good = { eventId: '1', occurredAt: '2030-01-31T00:00:00.000Z', count: 1 };

function message(content: unknown, subject: string = thingHappened.subject): StoredMessage {
  const data = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
  return { subject, data, seq: 7, time: new Date(0) };
}

const read = (...messages: StoredMessage[]) => readEventBatch(messages, [thingHappened]);

describe('reading what was fetched', () => {
  it('makes instances of the class of the subject', () => {
    const { events, malformed } = read(message(good));
    expect(events).toEqual([good]);
    expect(events[0]).toBeInstanceOf(ThingHappened);
    expect(malformed).toEqual([]);
  });

  it('does not mind fields that it does not know: a newer publisher may send more', () => {
    expect(read(message({ ...good, mood: 'fine' })).events).toMatchObject([good]);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', Buffer.from('{'), 'not JSON'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'not JSON'],
    ['nothing', Buffer.alloc(0), 'not JSON'],
    ['null', null, 'not a JSON object'],
    ['a list', [good], 'not a JSON object'],
    ['a field of the wrong type', { ...good, count: 'one' }, 'count must be an integer number'],
    [
      'a prototype',
      JSON.parse('{"__proto__": {"eventId": "1", "occurredAt": "x", "count": 1}}'),
      'unknown value',
    ],
    ['a constructor', { ...good, constructor: {} }, ''],
    ['a constructor of another kind', { ...good, constructor: { name: 'Object', prototype: null } }, ''],
    ['no prototype', JSON.parse('{"__proto__": null, "eventId": "1", "occurredAt": "x", "count": 1}'), ''],
  ])('takes a message that contains %s for malformed, and says why', (_what, content, reason) => {
    const { events, malformed } = read(message(content));
    expect(events).toEqual([]);
    expect(malformed).toEqual([
      { ...place, payload: message(content).data, reason: expect.stringContaining(reason) as string },
    ]);
  });

  it('takes a subject without a contract for malformed', () => {
    expect(read(message(good, 'evt.tests.v1.ignored')).malformed).toMatchObject([
      { subject: 'evt.tests.v1.ignored' },
    ]);
  });

  it('keeps the good ones apart from the malformed ones between them', () => {
    const { events, malformed } = read(message(good), message('?'), message({ ...good, eventId: '2' }));
    expect(events.map(({ eventId }) => eventId)).toEqual(['1', '2']);
    expect(malformed).toHaveLength(1);
  });
});

const place = { subject: thingHappened.subject, streamSequence: 7, publishedAt: new Date(0) };
