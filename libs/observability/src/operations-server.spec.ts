import { Gauge, register } from 'prom-client';
import { OperationsServer, Readiness } from './index.js';

describe('the door for operators', () => {
  let readiness: Readiness;
  let server: OperationsServer;

  beforeEach(async () => {
    readiness = new Readiness();
    server = new OperationsServer({ OPERATIONS_HOST: '127.0.0.1', OPERATIONS_PORT: 0 }, readiness);
    await server.start();
  });
  afterEach(() => server.stop());

  const get = (path: string, method = 'GET') =>
    fetch(`http://127.0.0.1:${String(server.port)}${path}`, { method });
  const ready = async () => {
    const response = await get('/readyz');
    return [response.status, await response.json()] as const;
  };

  it('says at once that the process lives, and that it is not ready', async () => {
    expect((await get('/livez')).status).toBe(200);
    expect(await ready()).toEqual([503, { ready: false, missing: { service: 'is starting' } }]);
  });

  it('names what is missing, until nothing is', async () => {
    let redis = false;
    readiness.add('postgres', () => Promise.resolve());
    readiness.add('redis', () => {
      if (!redis) throw new Error('connect ECONNREFUSED redis://u:word@h');
    });
    readiness.started();
    const missing = { redis: 'connect ECONNREFUSED redis://[redacted]@h' };
    expect(await ready()).toEqual([503, { ready: false, missing }]);
    redis = true;
    expect(await ready()).toEqual([200, { ready: true }]);
  });

  it('does not wait for a check that hangs', async () => {
    readiness.add('redis', () => new Promise(() => undefined));
    readiness.started();
    expect(await ready()).toEqual([503, { ready: false, missing: { redis: 'no answer within 1000 ms' } }]);
  });

  it('is not ready from the moment it stops, whatever starts late', async () => {
    readiness.stopping();
    readiness.started();
    expect(await ready()).toEqual([503, { ready: false, missing: { service: 'is shutting down' } }]);
    expect((await get('/livez')).status).toBe(200);
  });

  it('gives metrics of the process to Prometheus', async () => {
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toContain('process_resident_memory_bytes');
  });

  it('survives a metric that fails', async () => {
    new Gauge({
      name: 'failing',
      help: 'Fails.',
      collect: () => {
        throw new Error('no password=word');
      },
    });
    const response = await get('/metrics');
    expect([response.status, await response.text()]).toEqual([500, 'Error: no password=[redacted]\n']);
    register.removeSingleMetric('failing');
    expect((await get('/metrics')).status).toBe(200);
  });

  it('has nothing else', async () => {
    expect((await get('/')).status).toBe(404);
    expect((await get('/livez', 'POST')).status).toBe(405);
  });

  it('says which port is taken', async () => {
    const second = new OperationsServer(
      { OPERATIONS_HOST: '127.0.0.1', OPERATIONS_PORT: server.port },
      readiness,
    );
    await expect(second.start()).rejects.toThrow(String(server.port));
    await second.stop();
  });
});
