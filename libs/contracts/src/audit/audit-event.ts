import type { Count, Id, Instant } from '../values.js';

/** Everything that the audit trail knows of: what was changed, who came in, and who was not let in. */
export const AUDIT_ACTIONS = [
  'project.created',
  'project.renamed',
  'project.deleted',
  'api-key.created',
  'api-key.note-changed',
  'api-key.deleted',
  'api-key.looked-up',
  'session.signed-in',
  'session.signed-out',
  'access.denied',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** One thing that somebody has done, or has tried to do. It never changes. */
export class AuditEvent {
  id!: Id;
  occurredAt!: Instant;
  /** `admin-token`, an OIDC subject with its name, `self` for the holder of the key, `anonymous` when nobody knows. */
  actor!: string;
  action!: AuditAction;
  /** `null` for what belongs to no project: sign-ins, most denials. */
  projectId!: Id | null;
  /** The project or API key; `null` when there is none. */
  targetId!: Id | null;
  /** `X-Request-Id` of the request that it happened in; `null` when it sums up several. */
  requestId!: string | null;
  /** `null` when it is not known, or when it sums up several. */
  sourceAddress!: string | null;
  /** For people: the name, the note, the reason. Never a key. */
  detail!: string | null;
  /** How often it happened: more than 1 only for denials, which are summed up. */
  count!: Count;
}
