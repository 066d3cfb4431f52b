import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { anyFreePort, rememberedPorts } from './ports.mjs';
import { preferredPort } from './preferred-ports.mjs';
import { temporaryDirectory } from './temporary-directory.mjs';

const servers: Server[] = [];
const directory = temporaryDirectory('ports');
const file = join(directory, 'ports.json');

async function occupy(port: number, host: string): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(file, { force: true });
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('the port of the stack', () => {
  it.each(['127.0.0.1', '0.0.0.0'])(
    'is the next free one when the preferred one is taken on %s',
    async (host) => {
      const preferred = await anyFreePort();
      expect(await rememberedPorts(file, () => preferred)('a')).toBe(preferred);
      rmSync(file);
      await occupy(preferred, host);
      expect(await rememberedPorts(file, () => preferred)('a')).toBeGreaterThan(preferred);
    },
  );

  it('is never promised twice', async () => {
    const preferred = await anyFreePort();
    const choose = rememberedPorts(file, () => preferred);
    expect(new Set([await choose('a'), await choose('b'), await choose('c')]).size).toBe(3);
  });

  it('is the same the next time, even when the preferred one has become free', async () => {
    const preferred = await anyFreePort();
    await occupy(preferred, '127.0.0.1');
    const chosen = await rememberedPorts(file, () => preferred)('a');
    servers.splice(0).forEach((server) => server.close());
    expect(await rememberedPorts(file, () => preferred)('a')).toBe(chosen);
  });

  it('is preferably the documented one, and near it for further replicas', () => {
    expect(preferredPort('gateway-1')).toBe(8080);
    expect(preferredPort('gateway-2')).toBe(8081);
    expect(preferredPort('gateway-1-operations')).toBe(9464);
    expect(preferredPort('usage-tracking-3-operations')).toBe(9487);
    expect(preferredPort('postgres')).toBe(25432);
  });
});
