import type { ApiKeyUsageSummary } from '../usage/api-key-usage-summary.js';
import type { Id, Instant, KeyStart } from '../values.js';

/** `deleting` keys are refused already wherever PostgreSQL is read; the deletion is being completed. */
export type ApiKeyStatus = 'active' | 'expired' | 'deleting';

/** An API key as an admin sees it. Neither the key nor its hash is part of it. */
export class ApiKey {
  id!: Id;
  projectId!: Id;
  /** `tlx_` and the next four characters: enough to recognize the key, and safe to show. */
  keyStart!: KeyStart;
  note!: string | null;
  createdAt!: Instant;
  createdBy!: string;
  /** `null`: the key never expires. */
  expiresAt!: Instant | null;
  status!: ApiKeyStatus;
  /** `null`: never used. */
  lastUsedAt!: Instant | null;
  usage!: ApiKeyUsageSummary;
  /** The key that this one was made to take over from; `null` when there is none, or when it has been deleted. */
  replacesKeyId!: Id | null;
  replacedByKeyId!: Id | null;
}
