import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray } from 'class-validator';
import { request } from '../contract.js';
import { MAX_VERIFICATIONS_PER_MESSAGE } from '../limits.js';
import { IsKeyHash } from '../validators.js';

/** `UNAVAILABLE`: it cannot be known now. It concerns this key only, never the others that travelled with it. */
export type VerificationOutcome = 'VALID' | 'UNKNOWN' | 'EXPIRED' | 'DELETED' | 'UNAVAILABLE';

/** Flat arrays, because this is the hot message: class-validator checks them thirty times as fast as objects. */
export class VerifyApiKeysRequest {
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_VERIFICATIONS_PER_MESSAGE)
  @ArrayUnique()
  @IsKeyHash({ each: true })
  keyHashes!: string[];
}

/** Column by column, in the order of the request. Ids and expiry are `null` for `UNKNOWN` and `UNAVAILABLE`. */
export class VerifyApiKeysResponse {
  outcomes!: VerificationOutcome[];
  keyIds!: (string | null)[];
  projectIds!: (string | null)[];
  /** ISO 8601, UTC; `null` also for a key that never expires. */
  expiresAts!: (string | null)[];
}

export const verifyApiKeys = request(
  'req.verification.v1.verify',
  VerifyApiKeysRequest,
  VerifyApiKeysResponse,
);
