import type { NatsConnection } from './nats-connection.js';
import { NatsRequestServer } from './nats-request.server.js';

interface FakeSubscription {
  isClosed(): boolean;
  getSubject(): string;
}

/** A connection whose flush resolves when the test says so. */
function fakeConnection(): {
  connection: NatsConnection;
  flushed: () => void;
  subscriptions: FakeSubscription[];
} {
  let flushed = (): void => undefined;
  const flush = new Promise<void>((resolve) => (flushed = resolve));
  const subscriptions: FakeSubscription[] = [];
  const client = {
    subscribe: (subject: string): FakeSubscription => {
      const subscription = { isClosed: () => false, getSubject: () => subject };
      subscriptions.push(subscription);
      return subscription;
    },
  };
  return { connection: { client, flush: () => flush } as unknown as NatsConnection, flushed, subscriptions };
}

describe('the server of requests', () => {
  const subject = 'req.projects.v1.echo';

  function listen(connection: NatsConnection): Promise<unknown> {
    const server = new NatsRequestServer(connection, 'key-management');
    server.addHandler(subject, () => Promise.resolve({}));
    return new Promise((resolve) => {
      server.listen(resolve);
    });
  }

  it('listens only when its subscriptions have reached NATS', async () => {
    const { connection, flushed } = fakeConnection();
    let listening = false;
    const listened = listen(connection).then(() => (listening = true));
    // Every microtask and callback that could end it too early runs before the next turn of the event loop.
    await new Promise(setImmediate);
    expect(listening).toBe(false);
    flushed();
    expect(await listened).toBe(true);
  });

  it('does not listen when NATS has ended a subscription', async () => {
    const { connection, flushed, subscriptions } = fakeConnection();
    const listened = listen(connection);
    for (const subscription of subscriptions) subscription.isClosed = () => true;
    flushed();
    expect(await listened).toEqual(new Error(`NATS does not permit to subscribe to ${subject}`));
  });
});
