/** The texts we know, and those that a newer gateway may add. */
export type Open<Known extends string> = Known | (string & Record<never, never>);

/** RFC 3339, UTC, with milliseconds: `2030-01-01T00:00:00.000Z`. */
export type Timestamp = string;

/** What a key says about itself. Asking is no use of the key. */
export interface Identity {
  projectId: string;
  projectName: string;
  keyId: string;
  /** `tlx_` and the next four characters. */
  keyStart: string;
  note: string | null;
  /** null: it never expires. */
  expiresAt: Timestamp | null;
}

export interface ValidVerification {
  valid: true;
  code: 'VALID';
  keyId: string;
  projectId: string;
  expiresAt: Timestamp | null;
}

/** The key is not good, now. */
export interface RefusedVerification {
  valid: false;
  code: Open<'MALFORMED' | 'UNKNOWN' | 'EXPIRED' | 'DELETED' | 'WRONG_PROJECT'>;
}

/** Neither good nor bad: it cannot be known at the moment. Only in a batch; a single question throws. */
export interface UnknownVerification {
  valid?: undefined;
  code: 'UNAVAILABLE';
}

export type Verification = ValidVerification | RefusedVerification;
export type BatchVerification = Verification | UnknownVerification;

export interface Project {
  id: string;
  name: string;
  createdAt: Timestamp;
}

/** `in_use`: in the last 24 hours; `recently_used`: in the last 30 days; `idle`: longer ago. */
export type Verdict = Open<'in_use' | 'recently_used' | 'idle' | 'never_used'>;

export interface UsageSummary {
  verdict: Verdict;
  last24h: number;
  last7d: number;
  last30d: number;
  /** How complete the counts are: all uses before this are in them. null: not known yet. */
  asOf: Timestamp | null;
  /** A time in which a use may be missing that would make the verdict another one. */
  gap: { from: Timestamp; to: Timestamp } | null;
}

export interface ApiKey {
  id: string;
  projectId: string;
  keyStart: string;
  note: string | null;
  createdAt: Timestamp;
  createdBy: string;
  expiresAt: Timestamp | null;
  status: Open<'active' | 'expired' | 'deleting'>;
  lastUsedAt: Timestamp | null;
  usage: UsageSummary;
  replacesKeyId: string | null;
  replacedByKeyId: string | null;
}

/** The only answer that ever has the key in it. */
export interface CreatedApiKey extends ApiKey {
  key: string;
}

export interface NewApiKey {
  /** What it is for. At most 200 characters. */
  note?: string | null | undefined;
  /** In the future, at most ten years away, with an offset. Absent or null: never. */
  expiresAt?: Date | Timestamp | null | undefined;
  /** The key that it takes over from; its note is copied when there is none here. */
  replacesKeyId?: string | null | undefined;
}

export interface ApiKeyFilters extends PageOptions {
  /** In notes and key starts. */
  q?: string | undefined;
  status?: 'active' | 'expired' | 'deleting' | undefined;
  expiresWithinDays?: number | undefined;
  unusedForDays?: number | undefined;
  neverUsed?: boolean | undefined;
  sort?: `${'' | '-'}${'createdAt' | 'lastUsedAt' | 'expiresAt'}` | undefined;
}

export interface PageOptions {
  /** Items of one page, 1 to 200; the gateway's default is 50. All pages are read as you go on. */
  limit?: number | undefined;
}

export interface ApiKeyUsage {
  daily: { date: string; uses: number }[];
  /** Of 7 days: where are the low-traffic windows? */
  hourly: { hour: Timestamp; uses: number }[];
  firstUsedAt: Timestamp | null;
  lastUsedAt: Timestamp | null;
  /** Calls with it that were refused, because it had expired. */
  rejectedUses: number;
  firstRejectedAt: Timestamp | null;
  lastRejectedAt: Timestamp | null;
  last24h: number;
  last7d: number;
  last30d: number;
  verdict: Verdict;
  asOf: Timestamp | null;
  gap: { from: Timestamp; to: Timestamp } | null;
}

/** A deleted key, and whether somebody still tries to use it. Kept for 90 days. */
export interface DeletedApiKey {
  id: string;
  keyStart: string;
  note: string | null;
  deletedAt: Timestamp;
  /** null: it is no longer known. */
  deletedBy: string | null;
  rejectedUses: number;
  firstRejectedAt: Timestamp | null;
  lastRejectedAt: Timestamp | null;
}

/** Whose key it is. */
export interface KeyOwner {
  projectId: string;
  keyId: string;
  keyStart: string;
  status: Open<'active' | 'expired' | 'deleting' | 'deleted'>;
}

export interface AuditEvent {
  id: string;
  occurredAt: Timestamp;
  action: string;
  actor: string;
  /** null: it belongs to no project, as a sign-in does. */
  projectId: string | null;
  /** The project or API key. */
  targetId: string | null;
  requestId: string | null;
  sourceAddress: string | null;
  /** For people: the name, the note, the reason. */
  detail: string | null;
  /** How often: more than 1 only for denials, which are summed up. */
  count: number;
}

export interface AuditFilters extends PageOptions {
  projectId?: string | undefined;
  /** The project or API key that it was done to. */
  targetId?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  from?: Date | Timestamp | undefined;
  to?: Date | Timestamp | undefined;
}

/** Who the admin token is. */
export interface Admin {
  /** As the audit trail names them. */
  actor: string;
  name: string;
  /** projectId null: in all projects. */
  roles: { role: Open<'admin' | 'viewer'>; projectId: string | null }[];
  /** When the credential ends; null: it does not. */
  expiresAt: Timestamp | null;
}
