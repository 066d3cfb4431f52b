import { rmSync } from 'node:fs';
import { eventually } from '../../../test/support/eventually.js';
import { startNats, temporaryDirectory } from '../../../tools/stack/servers.mjs';
import { DomainError } from '#contracts';
import type { Readiness } from '#observability';
import { MessageBus } from '../src/index.js';
import { echo } from './echo.js';
import { EchoReplica, echoController } from './echo.controller.js';
import { TestBus } from './test-bus.js';

describe('while NATS is away', () => {
  let bus: TestBus;
  let replica: EchoReplica;
  let caller: MessageBus;
  let readiness: Readiness;

  beforeEach(async () => {
    bus = await TestBus.start();
    replica = new EchoReplica('a');
    await bus.service('key-management', [echoController(replica)]);
    const gateway = await bus.service('gateway');
    caller = gateway.app.get(MessageBus);
    readiness = gateway.readiness;
  }, 60_000);
  afterEach(() => bus.stop());

  const isServed = () => eventually(() => caller.request(echo, { text: 'again' }), { withinMs: 20_000 });
  const notices = () =>
    eventually(async () => {
      expect(await readiness.missing()).toEqual({ nats: 'disconnected' });
    });

  it('a request in flight is done again, if it may be', async () => {
    const answer = caller.request(echo, { text: 'x', mood: 'wait' }, { attempts: 20 });
    await eventually(() => {
      expect(replica.received).toHaveLength(1);
    });
    await bus.nats.kill('SIGKILL');
    await bus.nats.start();
    // The second attempt is what is answered: the first one's way back went with the server.
    await eventually(() => {
      expect(replica.received).toHaveLength(2);
      replica.release();
    });
    expect(await answer).toMatchObject({ text: 'x' });
  }, 60_000);

  it('one long request in flight is done again as soon as the connection is back, if it may be', async () => {
    const options = { timeoutMs: 30_000, repeatAfterLoss: true };
    const answer = caller.request(echo, { text: 'x', mood: 'wait' }, options);
    await eventually(() => {
      expect(replica.received).toHaveLength(1);
    });
    await bus.nats.kill('SIGKILL');
    await notices();
    await bus.nats.start();
    await eventually(() => {
      expect(replica.received).toHaveLength(2);
    });
    replica.release();
    expect(await answer).toMatchObject({ text: 'x' });
  }, 60_000);

  it('one long request that was made meanwhile is sent once NATS is back, and answered', async () => {
    await bus.nats.kill('SIGKILL');
    await notices();
    const answer = caller.request(echo, { text: 'early' }, { timeoutMs: 30_000, repeatAfterLoss: true });
    await bus.nats.start();
    expect(await answer).toMatchObject({ text: 'early' });
    expect(replica.received).toHaveLength(1);
  }, 60_000);

  it('one long request is not done again while the connection lasts, however long it takes', async () => {
    const answer = caller.request(
      echo,
      { text: 'x', mood: 'wait' },
      { timeoutMs: 1_000, repeatAfterLoss: true },
    );
    await expect(answer).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(replica.received).toHaveLength(1);
    replica.release();
  });

  it('a request in flight fails in time, if it may not be done again', async () => {
    const startedAt = performance.now();
    const failure = caller.request(echo, { text: 'x', mood: 'wait' }, { timeoutMs: 500 });
    const refused = expect(failure).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await bus.nats.kill('SIGKILL');
    await refused;
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('a new request fails in time, and is not sent later', async () => {
    await bus.nats.kill('SIGKILL');
    await notices();
    const startedAt = performance.now();
    const failure = await caller
      .request(echo, { text: 'lost' }, { timeoutMs: 300 })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DomainError);
    expect(failure).toMatchObject({ code: 'UNAVAILABLE' });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await bus.nats.start();
    await isServed();
    expect(replica.received.map((one) => one.text)).not.toContain('lost');
  }, 60_000);

  it('a new request waits for it within its time', async () => {
    await bus.nats.kill('SIGKILL');
    await notices();
    const startedAt = performance.now();
    const answer = caller.request(echo, { text: 'patient' }, { timeoutMs: 10_000, attempts: 20 });
    await bus.nats.start();
    expect(await answer).toMatchObject({ text: 'patient' });
    // By the first attempt that had somebody to answer, not by the one after a timeout.
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  }, 60_000);

  it('the service says so, and stops saying so', async () => {
    await bus.nats.kill('SIGKILL');
    await notices();
    await bus.nats.start();
    await eventually(async () => {
      expect(await readiness.missing()).toEqual({});
    });
  }, 60_000);

  it('it is tried for longer than the client does by default', async () => {
    await bus.nats.kill('SIGKILL');
    // Ten attempts, then it would close: at most 200 ms lie between two.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await bus.nats.start();
    await isServed();
  }, 60_000);

  it('a server in its place that refuses the password is no reason to give up', async () => {
    await bus.nats.kill('SIGKILL');
    const directory = temporaryDirectory('traylinx-bus');
    const impostor = await startNats({ dir: directory, port: bus.nats.port });
    try {
      await eventually(() => {
        const refusals = bus.log.filter((line) => JSON.stringify(line).includes('Authorization Violation'));
        expect(refusals.length).toBeGreaterThan(3);
      });
    } finally {
      await impostor.stop();
      rmSync(directory, { recursive: true, force: true });
    }
    await bus.nats.start();
    await isServed();
  }, 60_000);

  it('silent rather than gone, it is noticed and requests fail in time', async () => {
    await bus.nats.kill('SIGSTOP');
    await expect(caller.request(echo, { text: 'x' }, { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    await notices();
    await bus.nats.kill('SIGCONT');
    await isServed();
  }, 60_000);

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'after %s a service can be closed, and soon',
    async (signal) => {
      await bus.nats.kill(signal);
      const startedAt = performance.now();
      await bus.closeServices();
      expect(performance.now() - startedAt).toBeLessThan(8_000);
      await bus.nats.kill('SIGCONT');
    },
    30_000,
  );
});
