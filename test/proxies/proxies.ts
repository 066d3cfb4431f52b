// The proxies of examples/, started as the examples say, with other addresses in them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ManagedProcess } from '../../tools/stack/managed-process.mjs';
import { anyFreePort } from '../../tools/stack/ports.mjs';
import { resolveProgram } from '../../tools/stack/programs.mjs';

export interface Proxy {
  url: string;
  stop: () => Promise<void>;
}

interface Addresses {
  /** `host:port` */
  gateway: string;
  service: string;
}

/** Arguments of the program for the examples in `directory`. */
type Arrange = (directory: string, example: (file: string) => string) => string[];

/** With whatever a distribution's own configuration sets up around a server. */
const NGINX_AROUND = (directory: string, include: string): string => `
daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path ${directory}/body;
    proxy_temp_path ${directory}/proxy;
    fastcgi_temp_path ${directory}/fastcgi;
    scgi_temp_path ${directory}/scgi;
    uwsgi_temp_path ${directory}/uwsgi;
    client_max_body_size 0;
    include ${include};
}
`;

const ARRANGEMENTS: Record<string, Arrange> = {
  nginx: (directory, example) => {
    const main = join(directory, 'nginx.conf');
    writeFileSync(main, NGINX_AROUND(directory, example('traylinx.conf')));
    return ['-p', directory, '-e', 'stderr', '-c', main];
  },
  haproxy: (_directory, example) => {
    example('traylinx-auth.lua');
    return ['-db', '-f', example('haproxy.cfg')];
  },
  caddy: (_directory, example) => ['run', '--adapter', 'caddyfile', '--config', example('Caddyfile')],
};

export const PROGRAMS = Object.keys(ARRANGEMENTS);

/** @throws MissingProgramError where the program cannot be had */
export async function startProxy(name: string, dir: string, addresses: Addresses): Promise<Proxy> {
  const [command, port] = [await resolveProgram(name), await anyFreePort()];
  const arrange = ARRANGEMENTS[name];
  if (arrange === undefined) throw new Error(`nobody knows how to start ${name}`);
  const directory = join(dir, name);
  mkdirSync(directory, { recursive: true });
  const args = arrange(directory, (file) => {
    const copy = join(directory, file);
    const text = readFileSync(join('examples', name, file), 'utf8');
    writeFileSync(copy, withAddresses(text, { ...addresses, directory, port }));
    return copy;
  });
  const server = new ManagedProcess({
    label: name,
    dir,
    command,
    args,
    // Caddy keeps its certificates and its configuration somewhere.
    env: { HOME: directory },
    isReady: () => isListening(port),
  });
  await server.start();
  return { url: `http://127.0.0.1:${String(port)}`, stop: () => server.stop() };
}

function withAddresses(
  text: string,
  { gateway, service, directory, port }: Addresses & { directory: string; port: number },
): string {
  return text
    .replaceAll('127.0.0.1:8080', gateway)
    .replaceAll('127.0.0.1:3000', service)
    .replaceAll('/etc/haproxy', directory)
    .replaceAll(/^(\s*bind :|\s*listen |:)8000/gm, `$1${String(port)}`)
    .replace(/^:(\d+) \{/m, '{\n\tadmin off\n\tauto_https off\n}\n\n:$1 {');
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
