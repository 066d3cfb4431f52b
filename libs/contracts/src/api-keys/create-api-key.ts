import { ActedRequest } from '../actor.js';
import { request } from '../contract.js';
import { IsExpiry, IsId, IsKeyHash, IsKeyStart, IsNote, MayBeAbsent, MayBeNull } from '../validators.js';
import { ApiKey } from './api-key.js';

/** The gateway has minted the key and keeps it to itself: only its hash and its start travel. */
export class CreateApiKeyRequest extends ActedRequest {
  @IsId()
  projectId!: string;

  @IsKeyHash()
  keyHash!: string;

  @IsKeyStart()
  keyStart!: string;

  /** Absent with `replacesKeyId`: the note of the key that is replaced. `null`: none. */
  @MayBeAbsent()
  @IsNote()
  note?: string | null;

  @IsExpiry()
  expiresAt?: string | null;

  @MayBeNull()
  @IsId()
  replacesKeyId?: string | null;

  /** SHA-256 of what the caller has sent as `Idempotency-Key`. */
  @MayBeAbsent()
  @IsKeyHash()
  idempotencyKeyHash?: string;
}

/**
 * May be sent twice: the same `keyHash` of the same actor in the same project is answered with the API key that was made.
 *
 * Fails with PROJECT_NOT_FOUND, API_KEY_NOT_FOUND (of `replacesKeyId`), ALREADY_REPLACED, LIMIT_REACHED;
 * with IDEMPOTENCY_KEY_REUSED, which names the API key made, and IDEMPOTENCY_KEY_MISMATCH.
 */
export const createApiKey = request('req.api-keys.v1.create', CreateApiKeyRequest, ApiKey);
