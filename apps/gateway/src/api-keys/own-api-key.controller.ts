import { hashKey, parseKey } from '#api-key';
import { deleteOwnApiKey } from '#contracts';
import { MessageBus } from '#messaging';
import { Controller, Delete, HttpCode, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Allow } from '../admin-auth/policy.js';
import { Operation } from '../api-reference/operation.decorator.js';
import { AMBIGUOUS_CREDENTIAL, bearerCredential } from '../http/bearer.js';
import { DELETION_REQUEST } from '../http/management-request.js';
import { sourceAddress } from '../http/source-address.js';
import { FailedVerifications } from '../limits/failed-verifications.js';
import { KEY_MISSING, keyProblem } from '../verification/key-problem.js';

/** For whoever has found a leaked key: possession is enough to kill it. Not a use of the key. */
@Controller('v1/api-keys/self')
export class OwnApiKeyController {
  constructor(
    private readonly bus: MessageBus,
    private readonly failures: FailedVerifications,
  ) {}

  /**
   * Asks key-management without a verification before it: that would refuse a key whose deletion is under way, which the
   * repeated call is to complete.
   */
  @Delete()
  @Allow('key-holder')
  @HttpCode(204)
  @Operation('deleteOwnApiKey', {
    summary: 'Deletes the API key that it is called with',
    description:
      'For whoever has found a leaked key. 204 means what it means for an admin; 401 `api_key_deleted`, that it was deleted before.',
  })
  async delete(@Req() request: FastifyRequest): Promise<void> {
    const block = this.failures.blockOf(request);
    if (block !== undefined) throw block;
    const credential = bearerCredential(request.raw);
    if (credential.kind === 'missing') throw KEY_MISSING;
    if (credential.kind === 'ambiguous') throw AMBIGUOUS_CREDENTIAL;
    const key = parseKey(credential.token);
    if (key === undefined) {
      this.failures.count(request, 'MALFORMED');
      throw keyProblem('MALFORMED');
    }
    const { outcome } = await this.bus.request(
      deleteOwnApiKey,
      { keyHash: hashKey(key), actor: 'self', sourceAddress: sourceAddress(request.ip) },
      DELETION_REQUEST,
    );
    if (outcome !== 'COMPLETED') {
      this.failures.count(request, outcome);
      throw keyProblem(outcome);
    }
  }
}
