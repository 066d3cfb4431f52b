import { redactText } from '#observability';
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify';
import type { Problem } from '../http/problem.js';
import type { JsonApiError, JsonApiErrors } from './json-api.dto.js';

/** Everything below it speaks JSON:API, its errors included. */
export const JSON_API_PREFIX = '/jsonapi/v1';
const JSON_API_MEDIA_TYPE = 'application/vnd.api+json';

/** With parameters, but for `ext`: there are no extensions here. */
const READ_AS_JSON = /^application\/vnd\.api\+json\s*(?:;(?!.*\bext\s*=).*)?$/is;

export function isJsonApi(path: string): boolean {
  return path === '/jsonapi' || path.startsWith('/jsonapi/');
}

/** JSON:API names its own media type; the clients that are out there send, and ask for, plain JSON. To be called before the routes are registered. */
export function speakJsonApi(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (!isJsonApi(route.url)) return;
    route.onRequest = [route.onRequest ?? [], readMediaType].flat();
    route.onSend = [route.onSend ?? [], nameMediaType].flat();
  });
}

function readMediaType({ headers }: FastifyRequest, _reply: FastifyReply, next: () => void): void {
  if (READ_AS_JSON.test(headers['content-type'] ?? '')) headers['content-type'] = 'application/json';
  next();
}

const nameMediaType: onSendHookHandler = (request, reply, payload, done) => {
  if (reply.hasHeader('content-type')) void reply.header('content-type', mediaTypeFor(request));
  done(null, payload);
};

/** Plain JSON unless the client asks for the other one. */
export function mediaTypeFor({ headers }: FastifyRequest): string {
  return headers.accept?.toLowerCase().includes(JSON_API_MEDIA_TYPE) === true
    ? JSON_API_MEDIA_TYPE
    : 'application/json; charset=utf-8';
}

/** What services call a parameter that is called otherwise here. */
const PARAMETERS: Readonly<Record<string, string>> = { limit: 'page[size]', cursor: 'page[cursor]' };

export function jsonApiErrors(problem: Problem, { id, method, params }: FastifyRequest): string {
  const { code, status, title, detail = title, errors, keyId } = problem;
  const common = { status: String(status), code, title };
  const meta = keyId === undefined ? {} : { meta: { keyId } };
  const found: JsonApiError[] = errors.map(({ pointer, message }) => {
    const name = pointer.slice(1);
    // There are no bodies but in creations.
    const isParameter = method !== 'POST' || Object.hasOwn(params as object, name);
    return {
      ...common,
      detail: message,
      source: isParameter ? { parameter: PARAMETERS[name] ?? name } : { pointer },
      id,
    };
  });
  const body: JsonApiErrors = { errors: found.length > 0 ? found : [{ ...common, detail, id, ...meta }] };
  return redactText(JSON.stringify(body));
}
