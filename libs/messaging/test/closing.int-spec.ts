import { Controller } from '@nestjs/common';
import { eventually } from '../../../test/support/eventually.js';
import { request } from '#contracts';
import { Handles } from '../src/index.js';
import { echo, EchoRequest, EchoResponse } from './echo.js';
import { EchoReplica, echoController } from './echo.controller.js';
import { TestBus } from './test-bus.js';

describe('a service that is closed', () => {
  let bus: TestBus;

  beforeAll(async () => {
    bus = await TestBus.start();
  }, 60_000);
  afterEach(() => bus.closeServices());
  afterAll(() => bus.stop());

  it('answers what is in flight, takes nothing new, and is closed when that is done', async () => {
    const [first, second] = [new EchoReplica('first'), new EchoReplica('second')];
    const { app } = await bus.service('key-management', [echoController(first)]);
    const caller = await bus.caller();
    const inFlight = [1, 2, 3].map((n) => caller.request(echo, { text: String(n), mood: 'wait' }));
    await eventually(() => {
      expect(first.received).toHaveLength(3);
    });

    await bus.service('key-management', [echoController(second)]);
    let closed = false;
    const closing = app.close().then(() => (closed = true));
    await eventually(async () => {
      expect(await caller.request(echo, { text: 'new' })).toMatchObject({ replica: 'second' });
    });
    const later = Array.from({ length: 20 }, () => caller.request(echo, { text: 'new' }));
    expect((await Promise.all(later)).every(({ replica }) => replica === 'second')).toBe(true);
    expect(closed).toBe(false);

    first.release();
    expect(await Promise.all(inFlight)).toEqual(['1', '2', '3'].map((text) => ({ text, replica: 'first' })));
    await closing;
  });

  it('loses no request when replicas come and go', async () => {
    const caller = await bus.caller();
    const { app: old } = await bus.service('key-management', [echoController(new EchoReplica('old'))]);
    await bus.service('key-management', [echoController(new EchoReplica('new'))]);
    const answered: string[] = [];
    const enough = new AbortController();
    const asking = (async () => {
      while (!enough.signal.aborted) answered.push((await caller.request(echo, { text: 'x' })).replica);
    })();
    await eventually(() => {
      expect(answered).toContain('old');
    });
    await old.close();
    const answeredBefore = answered.length;
    await eventually(() => {
      expect(answered.length).toBeGreaterThan(answeredBefore + 50);
    });
    enough.abort();
    await asking;
    expect(answered.slice(answeredBefore + 1)).not.toContain('old');
  });

  it('does not open when NATS does not permit it to hear its requests', async () => {
    const forbidden = request('req.usage.v1.echo', EchoRequest, EchoResponse);
    @Controller()
    class ForbiddenController {
      @Handles(forbidden)
      echo(asked: EchoRequest): Promise<EchoResponse> {
        return Promise.resolve({ text: asked.text, replica: '' });
      }
    }
    await expect(bus.service('key-management', [ForbiddenController])).rejects.toThrow(
      'NATS does not permit to subscribe to req.usage.v1.echo',
    );
  });
});
