import { request } from '../contract.js';
import { IsId } from '../validators.js';
import type { Id, Instant, KeyStart } from '../values.js';

export class IdentifyApiKeyRequest {
  @IsId()
  keyId!: string;
}

/** What the holder of a key may know about it. */
export class IdentifyApiKeyResponse {
  projectId!: Id;
  projectName!: string;
  keyId!: Id;
  keyStart!: KeyStart;
  note!: string | null;
  /** `null`: the key never expires. */
  expiresAt!: Instant | null;
}

/** For `whoami`, after the key has been verified. Fails with API_KEY_NOT_FOUND when it is deleted. */
export const identifyApiKey = request(
  'req.api-keys.v1.identify',
  IdentifyApiKeyRequest,
  IdentifyApiKeyResponse,
);
