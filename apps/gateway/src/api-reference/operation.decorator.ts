import { SetMetadata } from '@nestjs/common';
import type { Policy } from '../admin-auth/policy.js';
import type { ProblemCode } from '../http/problem.js';

/** Where `npm run generate` finds what {@link Operation} was told. */
export const OPERATION = 'traylinx:operation';

/**
 * What docs/openapi.json says of a route and the code does not tell by itself. The rest is read from it: method, path,
 * status, parameters and body with their rules (`tools/openapi`), the type of the answer, whose credential it takes, and what
 * comes with that.
 */
export interface OperationDescription {
  /** A heading: a sentence without its full stop. */
  summary: string;
  description?: string;
  /** Answered by the gateway alone: never 503. */
  local?: true;
  /** Problems of its own, beyond those of its policy, of its input and of HTTP. */
  problems?: readonly ProblemCode[];
  /** A body that a test sends, and that succeeds. */
  example?: object;
  /** Request headers it reads, beyond the credential. */
  requestHeaders?: Readonly<Record<string, ValueDescription>>;
  /** Headers that its success may have, beyond those of every answer and of `@Header`. */
  answerHeaders?: Readonly<Record<string, ValueDescription>>;
  /** Of the success; `application/json` unless it says so. */
  mediaType?: string;
  /** Of the success, when the handler sets it itself. */
  status?: number;
}

export interface ValueDescription {
  description: string;
  /** JSON Schema. */
  schema: Readonly<Record<string, unknown>>;
  /** It is always there. */
  required?: true;
}

/** A route that is no method of a controller. */
export interface PlainOperation extends OperationDescription {
  id: string;
  method: string;
  /** As OpenAPI writes it: `/v1/projects/{projectId}`. */
  path: string;
  tag: string;
  policy: Policy;
  query?: Readonly<Record<string, ValueDescription>>;
}

/**
 * Documents a route, by the name that generated clients give it. A route without it makes `npm run generate` fail.
 */
export const Operation = (id: string, description: OperationDescription): MethodDecorator =>
  SetMetadata(OPERATION, { id, ...description });
