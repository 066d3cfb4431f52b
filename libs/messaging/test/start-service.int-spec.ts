import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { connect, type NatsConnection as NatsClient } from '@nats-io/transport-node';
import { eventually } from '../../../test/support/eventually.js';
import { anyFreePort } from '../../../tools/stack/ports.mjs';
import { TestBus, type User } from './test-bus.js';

/** Two processes that load their modules on a busy machine. */
const START_LIMIT = { withinMs: 30_000 };

const SUBJECT = 'req.projects.v1.work';

/** The fixture as a process. */
class FixtureProcess {
  output = '';
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly ended: Promise<unknown[]>;

  constructor(private readonly env: Record<string, string>) {
    this.child = spawn(process.execPath, ['libs/messaging/test/fixture-service.mjs'], {
      env: { LOG_FORMAT: 'json', OPERATIONS_HOST: '127.0.0.1', ...env },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (chunk) => (this.output += String(chunk)));
    }
    this.ended = once(this.child, 'close');
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async exitCode(): Promise<unknown> {
    const [code] = await this.ended;
    return code;
  }

  /** Of the HTTP door. */
  fetch(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${String(this.env['PORT'])}${path}`);
  }

  /** Of the operators' door. */
  async get(path: string): Promise<[number, string]> {
    const response = await fetch(`http://127.0.0.1:${String(this.env['OPERATIONS_PORT'])}${path}`);
    return [response.status, await response.text()];
  }

  async isReady(): Promise<void> {
    await eventually(async () => {
      expect(await this.get('/readyz')).toEqual([200, '{"ready":true}\n']);
    }, START_LIMIT);
  }

  async said(text: string): Promise<void> {
    await eventually(() => {
      expect(this.output).toContain(text);
    }, START_LIMIT);
  }
}

function natsOf(bus: TestBus, user: User = 'key-management'): Record<string, string> {
  const { NATS_URL, NATS_USER = '', NATS_PASSWORD = '' } = bus.configFor(user);
  return { NATS_URL, NATS_USER, NATS_PASSWORD };
}

describe('startService', () => {
  let bus: TestBus;
  let client: NatsClient;
  let started: FixtureProcess[] = [];

  beforeAll(async () => {
    bus = await TestBus.start();
  }, 60_000);
  beforeEach(async () => {
    const { NATS_USER: user, NATS_PASSWORD: pass, NATS_URL: servers } = bus.configFor('gateway');
    client = await connect({ servers, user, pass, inboxPrefix: '_INBOX.gateway' } as object);
  });
  afterEach(async () => {
    await client.close();
    for (const one of started) one.signal('SIGKILL');
    await Promise.all(started.map((one) => one.exitCode()));
    started = [];
  });
  afterAll(() => bus.stop());

  async function start(env: Record<string, string> = {}): Promise<FixtureProcess> {
    const ports = { OPERATIONS_PORT: String(await anyFreePort()), PORT: String(await anyFreePort()) };
    const one = new FixtureProcess({ ...ports, ...natsOf(bus), REQUIRED_TOKEN: 'a-secret-value', ...env });
    started.push(one);
    return one;
  }

  const ask = async (work: string, timeout = 10_000): Promise<unknown> => {
    const packet = JSON.stringify({ id: '1', pattern: SUBJECT, data: { work } });
    return (await client.request(SUBJECT, packet, { timeout })).json();
  };

  it('makes a service that answers as soon as it says that it is ready', async () => {
    const service = await start();
    await service.isReady();
    expect(await ask('quick')).toMatchObject({ response: { done: 'quick' } });
    expect((await service.get('/livez'))[0]).toBe(200);
    expect((await service.get('/metrics'))[1]).toContain('bus_handler_seconds_count');
  }, 60_000);

  it('lives and says what is missing while NATS is not there, and is ready once it is', async () => {
    const late = await TestBus.start();
    await late.nats.stop();
    const service = await start(natsOf(late));
    await eventually(async () => {
      expect((await service.get('/livez'))[0]).toBe(200);
    }, START_LIMIT);
    await eventually(async () => {
      const [status, body] = await service.get('/readyz');
      expect(status).toBe(503);
      expect(JSON.parse(body)).toEqual({
        ready: false,
        missing: { nats: expect.stringContaining('ECONNREFUSED') as string, service: 'is starting' },
      });
    });
    await late.nats.start();
    await service.isReady();
    await late.stop();
  }, 60_000);

  it('ends at once with 0 when it is told to while it waits for NATS', async () => {
    const service = await start({ NATS_URL: `nats://127.0.0.1:${String(await anyFreePort())}` });
    await service.said('Waiting for NATS');
    const startedAt = performance.now();
    service.signal('SIGTERM');
    expect(await service.exitCode()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  }, 60_000);

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s answers what is in flight, runs hooks and ends with 0',
    async (signal) => {
      const service = await start();
      await service.isReady();
      const answer = ask('slow');
      await client.flush();
      await ask('quick');
      service.signal(signal);
      await eventually(async () => {
        expect(await service.get('/readyz')).toEqual([
          503,
          '{"ready":false,"missing":{"service":"is shutting down"}}\n',
        ]);
      });
      expect(await answer).toMatchObject({ response: { done: 'slow' } });
      expect(await service.exitCode()).toBe(0);
      expect(service.output).toContain('shutdown hook');
    },
    60_000,
  );

  it('lets an HTTP request in flight use the bus to the end', async () => {
    const [gateway, service] = [await start(natsOf(bus, 'gateway')), await start()];
    await Promise.all([gateway.isReady(), service.isReady()]);
    const response = gateway.fetch('/slow');
    await gateway.said('in flight');
    gateway.signal('SIGTERM');
    expect(await (await response).json()).toEqual({ done: 'late' });
    expect(await gateway.exitCode()).toBe(0);
  }, 60_000);

  it('ends with 1 when the signal comes again', async () => {
    const service = await start();
    await service.isReady();
    const lost = ask('for ever').catch(() => 'lost');
    await ask('quick');
    service.signal('SIGTERM');
    await service.said('"Stopping"');
    // Another kind of signal is what a supervisor adds to Ctrl+C.
    service.signal('SIGINT');
    expect((await service.get('/livez'))[0]).toBe(200);
    service.signal('SIGTERM');
    expect(await service.exitCode()).toBe(1);
    expect(service.output).toContain('second SIGTERM');
    await client.close();
    expect(await lost).toBe('lost');
  }, 60_000);

  it('ends with 1 when work is not done in time', async () => {
    const service = await start({ SHUTDOWN_GRACE_MS: '300' });
    await service.isReady();
    const lost = ask('for ever').catch(() => 'lost');
    await ask('quick');
    service.signal('SIGTERM');
    expect(await service.exitCode()).toBe(1);
    expect(service.output).toContain('Not all work was done within 300 ms');
    await client.close();
    expect(await lost).toBe('lost');
  }, 60_000);

  it('ends with 1 and a fatal line on what nobody caught', async () => {
    const service = await start();
    await service.isReady();
    const lost = ask('rejection', 500).catch(() => 'lost');
    expect(await service.exitCode()).toBe(1);
    const last = service.output.trimEnd().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({ level: 'fatal', err: { message: 'nobody waits for this' } });
    await lost;
  }, 60_000);

  it('ends with 1 and the reason when NATS refuses the password, without telling it', async () => {
    const service = await start({ NATS_PASSWORD: 'a-wrong-word' });
    expect(await service.exitCode()).toBe(1);
    expect(service.output).toContain('Authorization Violation');
    expect(service.output).not.toContain('a-wrong-word');
  }, 60_000);

  it('ends with 1 and names the variable when the environment is not valid', async () => {
    const service = await start({ REQUIRED_TOKEN: '', SHUTDOWN_GRACE_MS: 'soon' });
    expect(await service.exitCode()).toBe(1);
    expect(service.output).toContain('REQUIRED_TOKEN');
    expect(service.output).toContain('SHUTDOWN_GRACE_MS');
    expect(service.output).not.toMatch(/soon|\n {4}at /);
  }, 60_000);

  it('ends with 1 and the reason when a port is taken', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as { port: number };
    for (const variable of ['OPERATIONS_PORT', 'PORT']) {
      const service = await start({ ...natsOf(bus, 'gateway'), [variable]: String(port) });
      expect(await service.exitCode()).toBe(1);
      expect(service.output).toContain(`EADDRINUSE: address already in use 127.0.0.1:${String(port)}`);
    }
    occupant.close();
  }, 60_000);
});
