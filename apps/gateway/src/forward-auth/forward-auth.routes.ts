import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bearerCredential } from '../http/bearer.js';
import type { FailedVerifications } from '../limits/failed-verifications.js';
import { sendProblem } from '../problem.filter.js';
import type { ApiKeyVerifier } from '../verification/api-key-verifier.js';
import { KEY_MISSING, keyProblem, TWO_CREDENTIALS } from '../verification/key-problem.js';

const ROUTES = ['/v1/auth', '/v1/auth/*'] as const;

/**
 * `/v1/auth` and everything below it, for proxies that ask before they let a request pass.
 *
 * A plain Fastify route, the one exception in the gateway: this is the path that every call of every caller takes, and
 * Nest's pipeline would cost a quarter of it. There is nothing to validate but one header.
 */
export function registerForwardAuth(
  fastify: FastifyInstance,
  verifier: ApiKeyVerifier,
  failures: FailedVerifications,
): void {
  const authenticate = (request: FastifyRequest, reply: FastifyReply): Promise<void> =>
    answer(request, reply, verifier, failures);

  void fastify.register((routes, _options, done) => {
    // A proxy may send the body along: it is neither read nor judged, and neither is what it is said to be.
    routes.addHook('onRequest', (request, _reply, next) => {
      delete request.headers['content-type'];
      next();
    });
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser('*', (_request, _payload, parsed) => {
      parsed(null);
    });
    for (const route of ROUTES) routes.all(route, { config: { policy: 'key-holder' } }, authenticate);
    done();
  });
}

export function isForwardAuth(route: string): boolean {
  return (ROUTES as readonly string[]).includes(route);
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  verifier: ApiKeyVerifier,
  failures: FailedVerifications,
): Promise<void> {
  const block = failures.blockOf(request);
  if (block !== undefined) {
    sendProblem(reply, block);
    return;
  }
  const credential = bearerCredential(request.raw);
  if (credential.kind !== 'present') {
    sendProblem(reply, credential.kind === 'missing' ? KEY_MISSING : TWO_CREDENTIALS);
    return;
  }
  const verification = await verifier.use(credential.token, { projectId: statedProject(request) });
  if (verification.outcome !== 'VALID') {
    failures.count(request, verification.outcome);
    sendProblem(reply, keyProblem(verification.outcome));
    return;
  }
  const { projectId, keyId, expiresAt } = verification;
  // Always all three: a proxy copies what is there, and would let a header of the caller's stand where ours is missing.
  void reply
    .header('x-auth-project-id', projectId)
    .header('x-auth-key-id', keyId)
    .header('x-auth-key-expires-at', expiresAt ?? '')
    .header('cache-control', 'no-store')
    .send();
}

/** `?projectId=`: stated more than once, it is no project at all, and the key cannot belong to it. */
function statedProject({ query }: FastifyRequest): string | undefined {
  const { projectId } = query as { projectId?: string | string[] };
  return typeof projectId === 'string' || projectId === undefined
    ? projectId?.toLowerCase()
    : projectId.join();
}
