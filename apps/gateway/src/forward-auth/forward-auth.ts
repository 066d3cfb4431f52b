import { requestIdFrom } from '#observability';
import { Injectable, Logger } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayConfig } from '../gateway.config.js';
import { bearerCredential } from '../http/bearer.js';
import { HOST_MISSING, Problem } from '../http/problem.js';
import { rawHeader } from '../http/raw-header.js';
import { requestPath } from '../http/request-path.js';
import { reportRequest } from '../http/request-report.js';
import { SourceIp } from '../http/source-ip.js';
import { writeProblem } from '../http/write-problem.js';
import { FailedVerifications } from '../limits/failed-verifications.js';
import { ApiKeyVerifier } from '../verification/api-key-verifier.js';
import { KEY_MISSING, keyProblem, TWO_CREDENTIALS } from '../verification/key-problem.js';

const PATH = '/v1/auth';
const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;

/**
 * `/v1/auth` and everything below it, for proxies that ask before they let a request pass: the path that every call of
 * every caller takes. It is answered without Nest and without Fastify, which would cost more than all that is done here;
 * there is nothing to validate but one header.
 */
@Injectable()
export class ForwardAuth {
  private readonly logger = new Logger(ForwardAuth.name);

  constructor(
    private readonly verifier: ApiKeyVerifier,
    private readonly failures: FailedVerifications,
    private readonly sourceIp: SourceIp,
    private readonly config: GatewayConfig,
  ) {}

  /** Whether the path is one of these at first sight. Where it takes more to say, Fastify's router does. */
  isFor({ url = '' }: IncomingMessage): boolean {
    if (!url.startsWith(PATH) || url.includes('%')) return false;
    const next = url.charCodeAt(PATH.length);
    return Number.isNaN(next) || next === QUESTION_MARK || next === SLASH;
  }

  /** Answers a request that nobody else has seen. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAtMs = performance.now();
    const requestId = requestIdFrom(rawHeader(request, 'x-request-id'));
    await this.answer(request, response, requestId);
    reportRequest({
      requestId,
      method: request.method ?? '',
      route: request.url?.startsWith(`${PATH}/`) ? `${PATH}/*` : PATH,
      status: response.statusCode,
      elapsedMs: performance.now() - startedAtMs,
    });
  }

  /** Never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    try {
      const problem = await this.refusalOf(request, response, requestId);
      if (problem === undefined) return;
      writeProblem(response, problem, { path: requestPath(request.url ?? ''), requestId });
    } catch (error) {
      this.logger.error('A request failed', error instanceof Error ? error : new Error(String(error)));
      if (response.headersSent) response.destroy();
      else writeProblem(response, new Problem('internal'), { path: PATH, requestId });
    }
  }

  /** `undefined`: the request may pass, and has been told so. */
  private async refusalOf(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<Problem | undefined> {
    const { url = '' } = request;
    if (url.length > this.config.MAX_URL_CHARACTERS) return new Problem('url_too_long');
    if (rawHeader(request, 'host') === undefined && request.httpVersion !== '1.0') return HOST_MISSING;
    const source = this.sourceIp.of(request);
    const block = this.failures.blockOf(source);
    if (block !== undefined) return block;
    const credential = bearerCredential(request);
    if (credential.kind !== 'present') return credential.kind === 'missing' ? KEY_MISSING : TWO_CREDENTIALS;
    const verification = await this.verifier.use(credential.token, { projectId: statedProject(url) });
    if (verification.outcome !== 'VALID') {
      this.failures.count(source, verification.outcome);
      return keyProblem(verification.outcome);
    }
    const { projectId, keyId, expiresAt } = verification;
    // Always all three: a proxy copies what is there, and would let a header of the caller's stand where ours is missing.
    response.writeHead(200, [
      'x-request-id',
      requestId,
      'x-auth-project-id',
      projectId,
      'x-auth-key-id',
      keyId,
      'x-auth-key-expires-at',
      expiresAt ?? '',
      'cache-control',
      'no-store',
      'content-length',
      '0',
    ]);
    response.end();
    return undefined;
  }
}

/** `?projectId=`: stated more than once, it is no project at all, and the key cannot belong to it. */
function statedProject(url: string): string | undefined {
  const query = url.indexOf('?');
  if (query < 0) return undefined;
  const stated = new URLSearchParams(url.slice(query + 1)).getAll('projectId');
  return stated.length === 0 ? undefined : stated.join().toLowerCase();
}
