import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  HttpException,
  Inject,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiKeyGate } from './gate.js';
import type { VerifiedKey } from './verified-key.js';
import type { RawRequest } from './credential.js';

const IS_PUBLIC = 'traylinx:is-public';

/** Opens a route, or all of a controller, to everybody. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(IS_PUBLIC, true);

/** The key that the request came with: `list(@CurrentKey() key: VerifiedKey)`. undefined on public routes. */
export const CurrentKey = createParamDecorator(
  (_data: unknown, context: ExecutionContext): VerifiedKey | undefined => requestOf(context)?.apiKey,
);

interface GuardedRequest {
  /** Express: the request is Node's own. */
  rawHeaders?: readonly string[];
  /** Fastify: Node's is inside. */
  raw?: RawRequest;
  apiKey?: VerifiedKey;
}

interface GuardedResponse {
  header(name: string, value: string): unknown;
}

/** Lets only calls with a good key through, but for routes that are `@Public()`. HTTP and GraphQL. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    @Inject(ApiKeyGate) private readonly gate: ApiKeyGate,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets)) return true;
    const request = requestOf(context);
    const rawHeaders = request?.raw?.rawHeaders ?? request?.rawHeaders;
    // A message or a WebSocket brings no Authorization header: what is not meant to be open stays shut.
    if (request === undefined || rawHeaders === undefined) return false;
    const { key, refusal } = await this.gate.decide({ rawHeaders });
    if (refusal === undefined) {
      request.apiKey = key;
      return true;
    }
    const response = responseOf(context);
    for (const [name, value] of Object.entries(refusal.headers)) response?.header(name, value);
    throw new HttpException(refusal.body, refusal.status);
  }
}

function requestOf(context: ExecutionContext): GuardedRequest | undefined {
  if (context.getType<string>() === 'http') return context.switchToHttp().getRequest<GuardedRequest>();
  return graphqlContext(context)?.req;
}

function responseOf(context: ExecutionContext): GuardedResponse | undefined {
  if (context.getType<string>() === 'http') return context.switchToHttp().getResponse<GuardedResponse>();
  return graphqlContext(context)?.res;
}

/** As `@nestjs/graphql` hands it on, which need not be installed. */
function graphqlContext(
  context: ExecutionContext,
): { req?: GuardedRequest; res?: GuardedResponse } | undefined {
  return context.getType<string>() === 'graphql' ? context.getArgByIndex(2) : undefined;
}
