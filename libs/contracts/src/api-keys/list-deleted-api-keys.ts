import { request } from '../contract.js';
import { IsId, IsPageCursor, IsPageLimit } from '../validators.js';
import type { Count, Id, Instant, KeyStart } from '../values.js';

export class ListDeletedApiKeysRequest {
  @IsId()
  projectId!: string;

  @IsPageLimit()
  limit!: number;

  /** What the previous page gave as `nextCursor`. */
  @IsPageCursor()
  cursor?: string;
}

/** A key that was deleted, and whom that broke. */
export class DeletedApiKey {
  id!: Id;
  keyStart!: KeyStart;
  note!: string | null;
  deletedAt!: Instant;
  deletedBy!: string | null;
  /** Calls with the key that were refused since. */
  rejectedUses!: Count;
  /** `null`: nobody has called with it since. */
  firstRejectedAt!: Instant | null;
  lastRejectedAt!: Instant | null;
}

export class ListDeletedApiKeysResponse {
  data!: DeletedApiKey[];
  /** `null` on the last page. */
  nextCursor!: string | null;
}

/** Of the last `DELETED_API_KEYS_DAYS`, the latest deletion first. Fails with PROJECT_NOT_FOUND. */
export const listDeletedApiKeys = request(
  'req.api-keys.v1.list-deleted',
  ListDeletedApiKeysRequest,
  ListDeletedApiKeysResponse,
);
