import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readCompose } from './compose-file.js';
import { APPS } from './containers.js';

const DOCKERFILE = readFileSync('Dockerfile', 'utf8').replaceAll('\\\n', ' ');
const STAGES = DOCKERFILE.split(/^(?=FROM )/m).slice(1);
const FINAL = STAGES.at(-1) ?? '';
const IGNORED = readFileSync('.dockerignore', 'utf8').split('\n');

/** What the build reads of the repository. */
const COPIED = [...DOCKERFILE.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files]) =>
  String(files).split(' '),
);

describe('the Dockerfile', () => {
  it('reads only files that exist, and .dockerignore lets just these in', () => {
    expect(COPIED.filter((file) => !existsSync(file))).toEqual([]);
    expect(IGNORED.find((line) => line && !line.startsWith('#'))).toBe('*');
    const letIn = IGNORED.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    // A file that is copied ahead of its folder needs no line of its own.
    const entries = COPIED.filter((file) => !COPIED.some((folder) => file.startsWith(`${folder}/`)));
    expect(letIn.toSorted()).toEqual([...new Set(entries)].toSorted());
  });

  it('can be built for every service', () => {
    for (const app of APPS) expect(existsSync(`apps/${app}/src/main.ts`)).toBe(true);
    expect(DOCKERFILE).toContain("import './dist/apps/${APP}/src/main.js';");
  });

  it('builds and runs on the same major version of Node', () => {
    expect(/BUILD_IMAGE=node:(\d+)\./.exec(DOCKERFILE)?.[1]).toBe('24');
    expect(/RUNTIME_IMAGE=\S+\/nodejs(\d+)-/.exec(DOCKERFILE)?.[1]).toBe('24');
  });

  it('leaves what is needed to build behind, and runs as nobody in particular', () => {
    expect(FINAL).toMatch(/^FROM \$\{RUNTIME_IMAGE\}$/m);
    expect(FINAL).toContain('COPY --from=dependencies /app/node_modules node_modules');
    expect(STAGES.find((stage) => stage.includes(' AS dependencies'))).toContain(
      '--omit=dev --omit=optional',
    );
    expect(FINAL).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(FINAL).not.toMatch(/^RUN /m);
  });

  it('says in its labels what it is', () => {
    const { license, version } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, string>;
    expect(FINAL).toContain(`org.opencontainers.image.licenses="${license}"`);
    expect(FINAL).toContain(`ARG VERSION=${version}`);
    for (const label of ['title', 'description', 'version', 'revision']) {
      expect(FINAL).toContain(`org.opencontainers.image.${label}=`);
    }
  });
});

describe.each([
  ['the image', '/livez', JSON.parse(/CMD (\[.*fetch.*\])$/m.exec(FINAL)?.[1] ?? '[]') as string[]],
  // `$$` is how a compose file writes `$`.
  ['docker-compose.yml', '/readyz', composeHealthcheck().map((word) => word.replaceAll('$$', '$'))],
])('the health check of %s', (_, path, [node, flag, script]) => {
  let server: Server;
  let status: number;
  const asked: string[] = [];

  beforeEach(async () => {
    status = 200;
    asked.length = 0;
    server = createServer((request, response) => {
      asked.push(String(request.url));
      response.writeHead(status).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => void server.close());

  /** As in the container, except for where node is. */
  async function check(): Promise<number> {
    const { port } = server.address() as AddressInfo;
    const env = { ...process.env, OPERATIONS_PORT: String(port) };
    const child = spawn(process.execPath, [String(flag), String(script)], { env, stdio: 'ignore' });
    return ((await once(child, 'exit')) as [number])[0];
  }

  it(`asks ${path} with the node of the image`, async () => {
    expect([node, flag]).toEqual(['/nodejs/bin/node', '-e']);
    await expect(check()).resolves.toBe(0);
    expect(asked).toEqual([path]);
  });

  it('fails when the service says no', async () => {
    status = 503;
    await expect(check()).resolves.toBe(1);
  });

  it('fails when nobody answers', async () => {
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    server = { address: () => ({ port }), close: () => undefined } as unknown as Server;
    await expect(check()).resolves.toBe(1);
  });
});

function composeHealthcheck(): string[] {
  const [, ...command] = readCompose()['gateway']?.healthcheck.test ?? [];
  return command;
}
