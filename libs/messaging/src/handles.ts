import { applyDecorators, UseFilters, UsePipes } from '@nestjs/common';
import { MessagePattern, Transport } from '@nestjs/microservices';
import type { RequestContract } from '#contracts';
import { messageValidation } from './message-validation.js';
import { WireErrorFilter } from './wire-error.filter.js';

type HandlerDecorator<Req extends object, Res extends object> = <Rest extends unknown[]>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<(request: Req, ...rest: Rest) => Promise<Res>>,
) => void;

/**
 * Answers the requests of a contract. Validation and error translation come with it, so no bootstrap code can
 * forget them; the compiler checks parameter and result.
 *
 * ```ts
 * @Handles(createApiKey)
 * create(@Payload() request: CreateApiKeyRequest): Promise<ApiKey> { return this.apiKeys.create(request); }
 * ```
 */
export function Handles<Req extends object, Res extends object>(
  contract: RequestContract<Req, Res>,
): HandlerDecorator<Req, Res> {
  return applyDecorators(
    MessagePattern(contract.subject, Transport.NATS),
    UsePipes(messageValidation(contract.Request)),
    UseFilters(new WireErrorFilter()),
  );
}
