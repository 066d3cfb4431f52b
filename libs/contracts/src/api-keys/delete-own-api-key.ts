import { ActedRequest } from '../actor.js';
import { request } from '../contract.js';
import { IsKeyHash } from '../validators.js';

export class DeleteOwnApiKeyRequest extends ActedRequest {
  @IsKeyHash()
  keyHash!: string;
}

/** That a key is not good is data here, as it is for a verification: whoever holds it learns why. */
export class DeleteOwnApiKeyResponse {
  outcome!: 'COMPLETED' | 'UNKNOWN' | 'EXPIRED' | 'DELETED';
}

/**
 * By possession instead of by permission: whoever finds a leaked key can kill it. `COMPLETED`, also for a key whose deletion
 * was under way, promises what the answer to `deleteApiKey` promises; `DELETED`: it was completed before.
 */
export const deleteOwnApiKey = request(
  'req.api-keys.v1.delete-own',
  DeleteOwnApiKeyRequest,
  DeleteOwnApiKeyResponse,
);
