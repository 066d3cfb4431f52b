import { request } from '../contract.js';
import { PageRequest } from '../page.js';
import { IsId } from '../validators.js';
import type { ApiKey } from './api-key.js';

/** `q` is matched against the note and the key start. Newest first. */
export class ListApiKeysRequest extends PageRequest {
  @IsId()
  projectId!: string;
}

export class ListApiKeysResponse {
  data!: ApiKey[];
  /** `null` on the last page. */
  nextCursor!: string | null;
}

/** Fails with PROJECT_NOT_FOUND. */
export const listApiKeys = request('req.api-keys.v1.list', ListApiKeysRequest, ListApiKeysResponse);
