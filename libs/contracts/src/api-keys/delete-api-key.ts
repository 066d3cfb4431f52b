import { ActedRequest } from '../actor.js';
import { request } from '../contract.js';
import { EmptyResponse } from '../empty-response.js';
import { IsId } from '../validators.js';

export class DeleteApiKeyRequest extends ActedRequest {
  @IsId()
  projectId!: string;

  @IsId()
  keyId!: string;
}

/**
 * Answered only when no verification that starts later can succeed, on any replica: after about 10 ms, or after
 * about 11.5 s while Redis is out of reach. Fails with API_KEY_NOT_FOUND, also when the key was deleted before.
 */
export const deleteApiKey = request('req.api-keys.v1.delete', DeleteApiKeyRequest, EmptyResponse);
