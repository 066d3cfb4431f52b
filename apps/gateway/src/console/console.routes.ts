import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the gateway in dist: one build, one image. */
const BUILT_CONSOLE = join(import.meta.dirname, '..', '..', '..', 'console');

/** Pages of the console: each is the same document, which looks at the address itself. Nothing under /v1 is among them. */
const PAGES = ['/', '/signed-in', '/projects', '/projects/*', '/api-keys', '/audit'];

/** Only what this gateway serves runs, is shown, is asked or may frame it; nothing inline, nothing of others. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const;

interface ConsoleOptions {
  /** Where Sentinel Pass is; the console names it without a link when there is none. */
  sentinelPassUrl: string | undefined;
  directory?: string;
}

/** Serves the console, when it was built. Without it the API is whole. */
export async function registerConsole(
  fastify: FastifyInstance,
  { sentinelPassUrl, directory = BUILT_CONSOLE }: ConsoleOptions,
): Promise<void> {
  const indexFile = join(directory, 'index.html');
  if (!existsSync(indexFile)) return;
  const page = withSettings(readFileSync(indexFile, 'utf8'), sentinelPassUrl);
  await fastify.register(async (routes) => {
    // There is nothing in it that only some may know.
    routes.addHook('onRoute', (route) => {
      route.config = { ...route.config, policy: 'everyone' };
    });
    // Asked for again at each visit, as it names the files of one release.
    const sendPage = (_request: FastifyRequest, reply: FastifyReply): FastifyReply =>
      reply.headers(HEADERS).header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page);
    for (const path of PAGES) routes.get(path, sendPage);
    // One route for each file: what is not there is unknown, as anywhere else.
    await routes.register(fastifyStatic, {
      root: directory,
      wildcard: false,
      index: false,
      preCompressed: true,
      cacheControl: false,
      globIgnore: ['**/*.br', '**/*.gz', 'index.html'],
      setHeaders: (reply, path) => setFileHeaders(reply, path.includes('/assets/')),
    });
  });
}

/** A file in assets/ has the hash of its content in its name: it never changes. */
function setFileHeaders(reply: FastifyReply, isImmutable: boolean): void {
  for (const [name, value] of Object.entries(HEADERS)) void reply.header(name, value);
  void reply.header('cache-control', isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
}

function withSettings(html: string, sentinelPassUrl = ''): string {
  const escaped = sentinelPassUrl.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return html.replace('<html ', () => `<html data-sentinel-pass-url="${escaped}" `);
}
