// The gateway's answers, as docs/openapi.json has them.

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

export interface Project {
  id: string;
  name: string;
  createdAt: string;
}

export type ApiKeyStatus = 'active' | 'expired' | 'deleting';
export type Verdict = 'in_use' | 'recently_used' | 'idle' | 'never_used';

export interface UsageSummary {
  verdict: Verdict;
  last24h: number;
  last7d: number;
  last30d: number;
  asOf: string | null;
}

export interface ApiKey {
  id: string;
  projectId: string;
  keyStart: string;
  note: string | null;
  createdAt: string;
  createdBy: string;
  expiresAt: string | null;
  status: ApiKeyStatus;
  lastUsedAt: string | null;
  usage: UsageSummary;
  replacesKeyId: string | null;
  replacedByKeyId: string | null;
}

/** The only answer with the key in it. It is never put into a cache, a store or the URL. */
export interface CreatedApiKey extends ApiKey {
  key: string;
}

export interface ApiKeyUsage extends UsageSummary {
  daily: { date: string; uses: number }[];
  hourly: { hour: string; uses: number }[];
  firstUsedAt: string | null;
  lastUsedAt: string | null;
}

export interface DeletedApiKey {
  id: string;
  keyStart: string;
  note: string | null;
  deletedAt: string;
  deletedBy: string;
  rejectedUses: number;
  lastRejectedAt: string | null;
}

export interface FoundApiKey {
  projectId: string;
  keyId: string;
  keyStart: string;
  status: ApiKeyStatus;
}

export interface AuditEvent {
  id: string;
  occurredAt: string;
  actor: string;
  action: string;
  projectId: string | null;
  targetId: string | null;
  requestId: string | null;
  sourceAddress: string | null;
  /** The name, the note, the reason. */
  detail: string | null;
  /** More than 1 only for denials, which are summed up. */
  count: number;
}

export interface SignInMethods {
  adminToken: boolean;
  oidc: { name: string } | null;
}

export interface Me {
  actor: string;
  name: string;
  roles: { role: 'admin' | 'viewer'; projectId: string | null }[];
  csrfToken: string | null;
  expiresAt: string | null;
}
