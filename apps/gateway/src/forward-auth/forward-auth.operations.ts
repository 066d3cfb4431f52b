import type { ValueDescription, PlainOperation } from '../api-reference/operation.decorator.js';

/** OpenAPI knows no more methods; the route takes every one. */
const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace'] as const;

const ANSWER_HEADERS: Readonly<Record<string, ValueDescription>> = {
  'X-Auth-Project-Id': {
    description: 'The project that the key belongs to.',
    schema: { type: 'string', format: 'uuid' },
    required: true,
  },
  'X-Auth-Key-Id': {
    description: 'The API key.',
    schema: { type: 'string', format: 'uuid' },
    required: true,
  },
  'X-Auth-Key-Expires-At': {
    description: 'When the key expires; empty when it never does.',
    schema: { anyOf: [{ type: 'string', format: 'date-time' }, { const: '' }] },
    required: true,
  },
  'Cache-Control': {
    description: 'An answer holds for one request.',
    schema: { const: 'no-store' },
    required: true,
  },
};

/** {@link registerForwardAuth} as the reference has it. */
export function forwardAuthOperations(): PlainOperation[] {
  return METHODS.flatMap((method) => [
    { ...operation(method), id: `${method}Auth`, path: '/v1/auth' },
    { ...operation(method), id: `${method}AuthBelow`, path: '/v1/auth/{path}' },
  ]);
}

function operation(method: string): Omit<PlainOperation, 'id' | 'path'> {
  return {
    method,
    tag: 'Verification',
    summary: 'Asks whether a request may pass',
    description:
      'For proxies (forward-auth): every method, at this path and at any path below it. Only the Authorization header is read; a body is ignored. A CORS preflight has no credential: let the proxy answer it.',
    policy: 'key-holder',
    problems: ['wrong_project'],
    query: {
      projectId: {
        description: 'The key must belong to this project. What is no id of a project is another project.',
        schema: { type: 'string' },
      },
    },
    answerHeaders: ANSWER_HEADERS,
  };
}
