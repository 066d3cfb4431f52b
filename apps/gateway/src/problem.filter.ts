import { DomainError, type ErrorCode } from '#contracts';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, PROBLEM_MEDIA_TYPE, type ProblemCode, RETRY_AFTER } from './http/problem.js';
import { requestPath } from './http/request-path.js';
import { RouteTable } from './http/route-table.js';
import { isJsonApi, jsonApiErrors, mediaTypeFor } from './json-api/json-api.js';

/** What a "no" of a service is called in HTTP: the only place where the two meet. The compiler keeps it complete. */
const PROBLEM_OF_ERROR: Record<ErrorCode, ProblemCode> = {
  INVALID_REQUEST: 'invalid_request',
  PROJECT_NOT_FOUND: 'project_not_found',
  PROJECT_NOT_EMPTY: 'project_not_empty',
  API_KEY_NOT_FOUND: 'api_key_not_found',
  ALREADY_REPLACED: 'already_replaced',
  LIMIT_REACHED: 'limit_reached',
  IDEMPOTENCY_KEY_REUSED: 'idempotency_key_reused',
  IDEMPOTENCY_KEY_MISMATCH: 'idempotency_key_mismatch',
  UNAVAILABLE: 'unavailable',
  INTERNAL: 'internal',
};

/** What Fastify and Nest answer of themselves, by status. */
const PROBLEM_OF_STATUS: Partial<Record<number, ProblemCode>> = {
  400: 'invalid_request',
  408: 'request_timeout',
  413: 'body_too_large',
  414: 'url_too_long',
  415: 'unsupported_media_type',
  431: 'headers_too_large',
};

const UNAVAILABLE_DETAIL =
  'A service behind the gateway gave no answer in time. Nothing is wrong with your credential.';
/** A change that was answered 503 may have happened: a lost answer looks like a lost question. */
const CHANGE_UNAVAILABLE_DETAIL = `${UNAVAILABLE_DETAIL} The change may still be made: look before you repeat it.`;
const DELETE_UNAVAILABLE_DETAIL = `${UNAVAILABLE_DETAIL} The deletion may still complete; repeating it does no harm.`;

/** Turns everything that is thrown into `application/problem+json`. What we did not expect is logged, never shown. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problems');

  constructor(private readonly routes: RouteTable) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const problem = this.toProblem(error, request);
    sendProblem(http.getResponse<FastifyReply>(), problem);
  }

  private toProblem(error: unknown, request: FastifyRequest): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof DomainError) return fromDomainError(error, request.method);
    const status = error instanceof HttpException ? error.getStatus() : 500;
    if (status === 404) return this.noRoute(request);
    const code = PROBLEM_OF_STATUS[status];
    // The text of Fastify and of the JSON parser quotes what was sent.
    if (code !== undefined) return new Problem(code, { detail: detailOf(code) });
    this.logger.error('A request failed', error instanceof Error ? error : new Error(String(error)));
    return new Problem('internal');
  }

  private noRoute({ url }: FastifyRequest): Problem {
    const methods = this.routes.methodsOf(requestPath(url));
    if (methods.length === 0) return new Problem('route_not_found');
    return new Problem('method_not_allowed', { headers: { allow: methods.join(', ') } });
  }
}

export function sendProblem(reply: FastifyReply, problem: Problem): void {
  const { request } = reply;
  const path = requestPath(request.url);
  void reply.status(problem.status).headers({ ...problem.headers, 'cache-control': 'no-store' });
  if (isJsonApi(path)) {
    // Bytes: to text Fastify would add a charset, which JSON:API forbids.
    void reply
      .header('content-type', mediaTypeFor(request))
      .send(Buffer.from(jsonApiErrors(problem, request)));
  } else {
    void reply
      .header('content-type', PROBLEM_MEDIA_TYPE)
      .send(problem.toBody({ path, requestId: request.id }));
  }
}

function fromDomainError({ code, detail, fieldErrors, keyId }: DomainError, method: string): Problem {
  if (code === 'UNAVAILABLE') {
    return new Problem('unavailable', { detail: unavailableDetail(method), headers: RETRY_AFTER });
  }
  return new Problem(PROBLEM_OF_ERROR[code], { detail, errors: fieldErrors, keyId });
}

function unavailableDetail(method: string): string {
  if (method === 'DELETE') return DELETE_UNAVAILABLE_DETAIL;
  return method === 'GET' || method === 'HEAD' ? UNAVAILABLE_DETAIL : CHANGE_UNAVAILABLE_DETAIL;
}

function detailOf(code: ProblemCode): string | undefined {
  if (code === 'invalid_request') return 'The body is not JSON, or the request is broken in another way.';
  if (code === 'unsupported_media_type') return 'Send the body as application/json.';
  return undefined;
}
