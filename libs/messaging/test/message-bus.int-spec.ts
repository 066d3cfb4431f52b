import { connect, type NatsConnection as NatsClient } from '@nats-io/transport-node';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { DomainError, request } from '#contracts';
import { requestContext, requestContextFrom } from '#observability';
import { MessageBus } from '../src/index.js';
import { echo, EchoRequest, EchoResponse } from './echo.js';
import { EchoReplica, echoController } from './echo.controller.js';
import { TestBus } from './test-bus.js';

describe('a request over the bus', () => {
  let bus: TestBus;

  beforeAll(async () => {
    bus = await TestBus.start();
  }, 60_000);
  afterEach(() => bus.closeServices());
  afterAll(() => bus.stop());

  async function replica(name = 'a'): Promise<EchoReplica> {
    const made = new EchoReplica(name);
    await bus.service('key-management', [echoController(made)]);
    return made;
  }

  it('is answered with what the handler returned', async () => {
    await replica();
    const caller = await bus.caller();
    expect(await caller.request(echo, { text: 'hello' })).toEqual({ text: 'hello', replica: 'a' });
  });

  it('is answered once, by one of the replicas', async () => {
    const [a, b] = [await replica('a'), await replica('b')];
    const caller = await bus.caller();
    const texts = Array.from({ length: 50 }, (_, index) => String(index));
    const answers = await Promise.all(texts.map((text) => caller.request(echo, { text })));
    expect(answers.map((answer) => answer.text)).toEqual(texts);
    expect(a.received.length).toBeGreaterThan(0);
    expect(b.received.length).toBeGreaterThan(0);
    expect(a.received.length + b.received.length).toBe(50);
  });

  it('arrives as an instance of its class', async () => {
    const { received } = await replica();
    await (await bus.caller()).request(echo, { text: 'hello' });
    expect(received[0]).toBeInstanceOf(EchoRequest);
  });

  it('fails with the error that the handler threw, with detail and fields', async () => {
    await replica();
    const failure = failureOf((await bus.caller()).request(echo, { text: 'x', mood: 'domain-error' }));
    expect(await failure).toMatchObject({
      code: 'API_KEY_NOT_FOUND',
      detail: 'It is not there.',
      fieldErrors: [{ pointer: '/text', message: 'is gone' }],
    });
  });

  it('tells nothing of an unexpected error but INTERNAL, and the log everything', async () => {
    await replica();
    const failure = await failureOf((await bus.caller()).request(echo, { text: 'x', mood: 'plain-error' }));
    expect(failure).toMatchObject({ code: 'INTERNAL', detail: undefined, fieldErrors: [] });
    expect(JSON.stringify(failure)).not.toContain('hunter2');
    expect(bus.log.find((line) => line['msg'] === 'A handler failed')).toMatchObject({
      level: 'error',
      err: { type: 'Error', message: 'hunter2 at 10.0.0.1' },
    });
  });

  it.each([
    ['an unknown field', { text: 'x', colour: 'red' }, '/colour'],
    ['a wrong type', { text: 7 }, '/text'],
    ['a missing field', {}, '/text'],
    ['a value out of bounds', { text: 'x'.repeat(21) }, '/text'],
    ['a list in place of the message', [{ text: 'x' }], undefined],
    ['nothing in place of the message', undefined, '/text'],
    ['a text in place of the message', 'text', undefined],
  ])('is refused with a pointer and never handled when it has %s', async (_what, data, pointer) => {
    const { received } = await replica();
    const failure = await failureOf((await bus.caller()).request(echo, data as EchoRequest));
    expect(failure.code).toBe('INVALID_REQUEST');
    if (pointer !== undefined) expect(failure.fieldErrors.map((error) => error.pointer)).toEqual([pointer]);
    expect(received).toEqual([]);
  });

  it('is UNAVAILABLE at once when nobody answers to the subject', async () => {
    const caller = await bus.caller();
    const startedAt = performance.now();
    const failure = await failureOf(caller.request(echo, { text: 'x' }, { timeoutMs: 20_000 }));
    expect(failure.code).toBe('UNAVAILABLE');
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  it('is UNAVAILABLE when there is no answer in time', async () => {
    const silent = await replica();
    const startedAt = performance.now();
    const failure = await failureOf(
      (await bus.caller()).request(echo, { text: 'x', mood: 'wait' }, { timeoutMs: 300 }),
    );
    expect(failure.code).toBe('UNAVAILABLE');
    expect(performance.now() - startedAt).toBeGreaterThan(290);
    silent.release();
  });

  it('is tried once, unless told otherwise', async () => {
    const silent = await replica();
    const caller = await bus.caller();
    await failureOf(caller.request(echo, { text: 'once', mood: 'wait' }, { timeoutMs: 100 }));
    await failureOf(caller.request(echo, { text: 'twice', mood: 'wait' }, { timeoutMs: 100, attempts: 2 }));
    expect(silent.received.map((one) => one.text)).toEqual(['once', 'twice', 'twice']);
    silent.release();
  });

  it('is not tried again when it was refused', async () => {
    const { received } = await replica();
    await failureOf((await bus.caller()).request(echo, { text: 'x', mood: 'domain-error' }, { attempts: 3 }));
    expect(received).toHaveLength(1);
  });

  it('finds a service that starts between two attempts', async () => {
    const caller = await bus.caller();
    const answer = caller.request(echo, { text: 'x' }, { attempts: 50 });
    await replica();
    expect(await answer).toMatchObject({ text: 'x' });
  });

  it('fails at once with INTERNAL when NATS does not permit the subject', async () => {
    const forbidden = request('req.projects.v1.forbidden', EchoRequest, EchoResponse);
    const { app } = await bus.service('key-management');
    const startedAt = performance.now();
    const failure = await failureOf(
      app.get(MessageBus).request(forbidden, { text: 'x' }, { timeoutMs: 20_000 }),
    );
    expect(failure.code).toBe('INTERNAL');
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  it('fails with INTERNAL when it is larger than NATS permits', async () => {
    const failure = await failureOf((await bus.caller()).request(echo, { text: 'x'.repeat(2_000_000) }));
    expect(failure.code).toBe('INTERNAL');
  });

  it('is answered with INTERNAL when the answer is larger than NATS permits', async () => {
    await replica();
    const failure = await failureOf((await bus.caller()).request(echo, { text: 'x', mood: 'too-large' }));
    expect(failure.code).toBe('INTERNAL');
  });

  it('is UNAVAILABLE when the answer holds nothing', async () => {
    await replica();
    const failure = await failureOf((await bus.caller()).request(echo, { text: 'x', mood: 'nothing' }));
    expect(failure.code).toBe('UNAVAILABLE');
  });

  it('carries request id and trace into the log of the handler, each hop in a span of its own', async () => {
    const { contexts } = await replica();
    const caller = await bus.caller();
    const context = requestContextFrom({ requestId: 'order-66' });
    await requestContext.run(context, () => caller.request(echo, { text: 'x' }));

    const [, traceId, spanId] = context.traceparent.split('-');
    expect(contexts[0]?.requestId).toBe('order-66');
    expect(contexts[0]?.traceparent).toContain(traceId);
    expect(contexts[0]?.traceparent).not.toContain(spanId);
    expect(bus.log.find((line) => line['msg'] === 'Echoing')).toMatchObject({
      requestId: 'order-66',
      traceId,
    });
  });

  it('is handled as part of no request when its sender was at none', async () => {
    const { contexts } = await replica();
    await (await bus.caller()).request(echo, { text: 'x' });
    expect(contexts).toEqual([undefined]);
  });

  it("may come from Nest's own client", async () => {
    await replica();
    const { NATS_URL: servers, NATS_USER: user, NATS_PASSWORD: pass } = bus.configFor('gateway');
    const options = { servers: [servers], user, pass, inboxPrefix: '_INBOX.gateway' };
    const client = ClientProxyFactory.create({ transport: Transport.NATS, options } as object);
    const ask = (data: unknown) => firstValueFrom(client.send<unknown>(echo.subject, data));
    expect(await ask({ text: 'hello' })).toEqual({ text: 'hello', replica: 'a' });
    await expect(ask({ text: 7 })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await client.close();
  });

  describe('of a stranger', () => {
    let client: NatsClient;

    beforeEach(async () => {
      const { NATS_URL: servers, NATS_USER: user, NATS_PASSWORD: pass } = bus.configFor('gateway');
      client = await connect({ servers: servers, user, pass, inboxPrefix: '_INBOX.gateway' } as object);
    });
    afterEach(() => client.close());

    it('is refused when it is no JSON object, and the service goes on', async () => {
      await replica();
      for (const text of ['', 'no json', '7', 'null']) {
        const answer = (await client.request(echo.subject, text)).json<{ err?: object }>();
        expect(answer.err).toMatchObject({ code: 'INVALID_REQUEST' });
      }
      expect(await (await bus.caller()).request(echo, { text: 'still there' })).toMatchObject({
        replica: 'a',
      });
    });
  });
});

async function failureOf(promise: Promise<unknown>): Promise<DomainError> {
  const failure: unknown = await promise.then(
    () => new Error('It did not fail'),
    (error: unknown) => error,
  );
  if (!(failure instanceof DomainError)) throw failure;
  return failure;
}
