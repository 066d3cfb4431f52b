import { ActedRequest } from '../actor.js';
import { request } from '../contract.js';
import type { Id, KeyStart } from '../values.js';
import { AreProjectIds, IsKeyHash } from '../validators.js';
import type { ApiKeyStatus } from './api-key.js';

export class LookupApiKeyRequest extends ActedRequest {
  @IsKeyHash()
  keyHash!: string;

  /** Only if it belongs to one of these. */
  @AreProjectIds()
  projectIds?: string[];
}

/** Whose a key is. Here it may be `deleted` as well: whoever has found a leaked key learns that it does no harm. */
export class LookupApiKeyResponse {
  projectId!: Id;
  keyId!: Id;
  keyStart!: KeyStart;
  status!: ApiKeyStatus | 'deleted';
}

/** No use of the key. Audited, found or not. Fails with API_KEY_NOT_FOUND. */
export const lookupApiKey = request('req.api-keys.v1.lookup', LookupApiKeyRequest, LookupApiKeyResponse);
