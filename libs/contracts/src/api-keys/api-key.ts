import type { ApiKeyUsageSummary } from '../usage/api-key-usage-summary.js';

/** `deleting` keys are refused already wherever PostgreSQL is read; the deletion is being completed. */
export type ApiKeyStatus = 'active' | 'expired' | 'deleting';

/** An API key as an admin sees it. Neither the key nor its hash is part of it. All times are ISO 8601, UTC, milliseconds. */
export class ApiKey {
  id!: string;
  projectId!: string;
  /** `tlx_` and the next four characters. */
  keyStart!: string;
  note!: string | null;
  createdAt!: string;
  createdBy!: string;
  /** `null`: the key never expires. */
  expiresAt!: string | null;
  status!: ApiKeyStatus;
  /** `null`: never used. */
  lastUsedAt!: string | null;
  usage!: ApiKeyUsageSummary;
  /** The key that this one was made to take over from; `null` when there is none, or when it has been deleted. */
  replacesKeyId!: string | null;
  replacedByKeyId!: string | null;
}
