import { hashKey, parseKey } from '#api-key';
import { DomainError, lookupApiKey, type LookupApiKeyResponse } from '#contracts';
import { MessageBus } from '#messaging';
import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { Acting, type ActingAdmin, MayView, type Visible } from '../admin-auth/acting-admin.decorator.js';
import { Allow } from '../admin-auth/policy.js';
import { EXAMPLE_KEY } from '../api-reference/example-credentials.js';
import { Operation } from '../api-reference/operation.decorator.js';
import { MANAGEMENT_REQUEST } from '../http/management-request.js';
import { LookupBody } from './api-keys.dto.js';

@Controller('v1/api-keys/lookup')
export class LookupController {
  constructor(private readonly bus: MessageBus) {}

  /** A body and no URL: what is in a URL ends up in logs. */
  @Post()
  @HttpCode(200)
  @Allow('viewer')
  @Header('Cache-Control', 'no-store')
  @Operation('lookupApiKey', {
    summary: 'Tells whose a key is that has leaked',
    description: 'No use of the key. White space around it is ignored. A deleted key is found as well.',
    problems: ['api_key_not_found'],
    example: { key: EXAMPLE_KEY },
  })
  lookup(
    @Body() body: LookupBody,
    @Acting() admin: ActingAdmin,
    @MayView() visible: Visible,
  ): Promise<LookupApiKeyResponse> {
    const key = parseKey(body.key);
    if (key === undefined) throw NO_KEY;
    return this.bus.request(
      lookupApiKey,
      { keyHash: hashKey(key), ...admin, ...visible },
      MANAGEMENT_REQUEST,
    );
  }
}

/** Not 404: it does not say that somebody's key is safe, but that nobody can tell from this. */
const NO_KEY = new DomainError('INVALID_REQUEST', undefined, [
  {
    pointer: '/key',
    message:
      'key must be a whole API key: it begins with tlx_ and has 53 characters; this one is cut, mistyped or something else',
  },
]);
