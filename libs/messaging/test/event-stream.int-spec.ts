import { jetstream } from '@nats-io/jetstream';
import { DomainError } from '#contracts';
import { Readiness } from '#observability';
import { eventually } from '../../../test/support/eventually.js';
import { aThing, type Handler, MEBIBYTE, OpenEventStream, thingHappened } from './open-event-stream.js';

let stream: OpenEventStream;

beforeEach(async () => {
  stream = await OpenEventStream.start();
}, 60_000);

afterEach(() => stream.stop());

const eventuallyHas = (texts: string[], expected: string[]): Promise<void> =>
  eventually(() => {
    expect(texts).toEqual(expected);
  });

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'none',
    (error: unknown) => error,
  );

describe('publishing an event', () => {
  it('resolves when it is stored, and stores a repetition only once', async () => {
    const texts = await stream.collect();
    await stream.publish('first');
    const [publisher, repeated] = [await stream.publisher(), aThing('repeated')];
    await publisher.publish(thingHappened, repeated);
    await publisher.publish(thingHappened, repeated);
    await stream.publish('last');
    await eventuallyHas(texts, ['first', 'repeated', 'last']);
  });

  it('fails with UNAVAILABLE when no stream takes it, when another one does, and when NATS is away', async () => {
    const publisher = await stream.publisher();
    const unavailable = expect.objectContaining({ code: 'UNAVAILABLE' }) as DomainError;
    expect(await failureOf(publisher.publish(thingHappened, aThing('')))).toEqual(unavailable);
    const { streams } = await stream.manager();
    await streams.add({ name: 'OTHER', subjects: ['evt.>'] });
    expect(await failureOf(publisher.publish(thingHappened, aThing('')))).toEqual(unavailable);
    await stream.nats.stop();
    expect(await failureOf(publisher.publish(thingHappened, aThing(''), 300))).toEqual(unavailable);
    await stream.nats.start();
  });

  it('is refused while there is no room, and nothing that was stored is lost for it', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const texts: string[] = [];
    await stream.consume(
      async ({ events }) => {
        await held;
        texts.push(...events.map(({ text }) => text));
      },
      { maxBytes: MEBIBYTE },
    );
    const publisher = await stream.publisher();
    const stored: string[] = [];
    const quarter = 'x'.repeat(MEBIBYTE / 4);
    const fill = async (): Promise<void> => {
      for (;;) {
        const text = `${String(stored.length)} ${quarter}`;
        await publisher.publish(thingHappened, aThing(text));
        stored.push(text);
      }
    };
    await stream.publish('first');
    expect(await failureOf(fill())).toBeInstanceOf(DomainError);
    expect(stored).toHaveLength(3);
    release();
    await eventuallyHas(texts, ['first', ...stored]);
    await stream.publish('room again');
    await eventuallyHas(texts, ['first', ...stored, 'room again']);
  }, 20_000);
});

describe('a consumer of events', () => {
  it('gets what was published before it was there', async () => {
    const texts: string[] = [];
    const first = await stream.consume(({ events }) => {
      texts.push(...events.map(({ text }) => text));
      return Promise.resolve();
    });
    await stream.publish('earlier');
    await eventuallyHas(texts, ['earlier']);
    await first.close();
    await stream.publish('meanwhile');
    await eventuallyHas(await stream.collect(), ['meanwhile']);
  });

  it('gets an event again when handling it has failed', async () => {
    const attempts: string[][] = [];
    await stream.consume(({ events }) => {
      // Only how far events are handled.
      if (events.length === 0) return Promise.resolve();
      attempts.push(events.map(({ text }) => text));
      return attempts.length < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve();
    });
    await stream.publish('one');
    await eventually(() => {
      expect(attempts).toEqual([['one'], ['one'], ['one']]);
    });
  });

  it('keeps an event for as long as it takes to handle it: nobody else gets it meanwhile', async () => {
    const begun: string[] = [];
    const done: string[] = [];
    const slowly: Handler = async ({ events }) => {
      const texts = events.map(({ text }) => text);
      begun.push(...texts);
      // Longer than JetStream waits for an acknowledgement.
      await new Promise((resolve) => setTimeout(resolve, 7_000));
      done.push(...texts);
    };
    await Promise.all([stream.consume(slowly), stream.consume(slowly)]);
    await stream.publish('slow');
    await eventuallyHas(done, ['slow']);
    expect(begun).toEqual(['slow']);
  }, 30_000);

  it('leaves what it held to another one when it dies', async () => {
    let taken = 0;
    let bury: () => void = () => undefined;
    const dead = new Promise<void>((resolve) => (bury = resolve));
    await stream.consume(({ events }) => {
      taken += events.length;
      return dead;
    });
    const dying = stream.lastConnection;
    await stream.publish('held');
    await eventually(() => {
      expect(taken).toBe(1);
    });
    await dying.close();
    const texts = await stream.collect();
    await eventually(() => expect(texts).toEqual(['held']), { withinMs: 20_000 });
    bury();
  }, 30_000);

  it.each([
    ['its durable consumer', async (api: Manager) => api.consumers.delete('EVENTS', 'tests')],
    ['the stream', async (api: Manager) => api.streams.delete('EVENTS')],
  ])(
    'comes back by itself when an operator deletes %s',
    async (_what, remove) => {
      const texts = await stream.collect();
      await stream.publish('before');
      await eventuallyHas(texts, ['before']);
      await remove(await stream.manager());
      await stream.publish('after');
      await eventuallyHas(texts, ['before', 'after']);
    },
    20_000,
  );

  it('comes back by itself when NATS has lost its disk', async () => {
    const texts = await stream.collect();
    await stream.publish('before');
    await eventuallyHas(texts, ['before']);
    await stream.loseEverything();
    await stream.publish('after');
    await eventuallyHas(texts, ['before', 'after']);
  }, 20_000);

  it('brings stream and consumer to what its version wants', async () => {
    const { streams, consumers } = await stream.manager();
    const earlier: string[] = [];
    const first = await stream.consume(({ events }) => {
      earlier.push(...events.map(({ text }) => text));
      return Promise.resolve();
    });
    await stream.publish('earlier');
    await eventuallyHas(earlier, ['earlier']);
    await consumers.update('EVENTS', 'tests', { max_ack_pending: 1 });
    await first.close();
    const texts = await stream.collect({ maxBytes: 2 * MEBIBYTE });
    await stream.publish('again');
    await eventuallyHas(texts, ['again']);
    expect((await streams.info('EVENTS')).config.max_bytes).toBe(2 * MEBIBYTE);
    expect((await consumers.info('EVENTS', 'tests')).config.max_ack_pending).toBe(10_000);
  });

  it('names JetStream as what is missing until it consumes', async () => {
    const readiness = new Readiness();
    readiness.started();
    await stream.consume(() => Promise.resolve(), { readiness });
    expect(await readiness.missing()).toHaveProperty('jetstream');
    await eventually(async () => {
      expect(await readiness.missing()).toEqual({});
    });
  });

  it('gets messages of its subjects that are no events as malformed, and they do not come again', async () => {
    const malformed: string[] = [];
    const texts: string[] = [];
    await stream.consume((batch) => {
      malformed.push(
        ...batch.malformed.map(({ payload, reason }) => `${Buffer.from(payload).toString()}: ${reason}`),
      );
      texts.push(...batch.events.map(({ text }) => text));
      return Promise.resolve();
    });
    await stream.publish('good');
    const { client } = await stream.connect();
    await jetstream(client).publish(thingHappened.subject, 'poison');
    await stream.publish('good again');
    await eventuallyHas(texts, ['good', 'good again']);
    expect(malformed).toEqual(['poison: not JSON']);
    const { streams } = await stream.manager();
    await eventually(async () => {
      expect((await streams.info('EVENTS')).state.messages).toBe(0);
    });
  });
});

type Manager = Awaited<ReturnType<OpenEventStream['manager']>>;
