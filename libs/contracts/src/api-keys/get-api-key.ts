import { request } from '../contract.js';
import { IsId } from '../validators.js';
import { ApiKey } from './api-key.js';

export class GetApiKeyRequest {
  @IsId()
  projectId!: string;

  @IsId()
  keyId!: string;
}

/** Fails with API_KEY_NOT_FOUND, also for a key of another project and for a deleted one. */
export const getApiKey = request('req.api-keys.v1.get', GetApiKeyRequest, ApiKey);
