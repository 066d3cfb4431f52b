import { IsIn } from 'class-validator';
import { request } from '../contract.js';
import {
  AreProjectIds,
  IsActor,
  IsId,
  IsInstant,
  IsPageCursor,
  IsPageLimit,
  MayBeAbsent,
} from '../validators.js';
import { AUDIT_ACTIONS, type AuditAction, type AuditEvent } from './audit-event.js';

/** Newest first. What is absent does not restrict. */
export class ListAuditEventsRequest {
  @IsPageLimit()
  limit!: number;

  /** What the previous page gave as `nextCursor`. */
  @IsPageCursor()
  cursor?: string;

  @MayBeAbsent()
  @IsId()
  projectId?: string;

  /** What was done to this project or API key. */
  @MayBeAbsent()
  @IsId()
  targetId?: string;

  /** The whole of it. */
  @MayBeAbsent()
  @IsActor()
  actor?: string;

  @MayBeAbsent()
  @IsIn(AUDIT_ACTIONS)
  action?: AuditAction;

  /** This moment and later. */
  @MayBeAbsent()
  @IsInstant()
  from?: string;

  /** Before this moment. */
  @MayBeAbsent()
  @IsInstant()
  to?: string;

  /** Only events of these projects, and none without a project. */
  @AreProjectIds()
  projectIds?: string[];
}

export class ListAuditEventsResponse {
  data!: AuditEvent[];
  /** `null` on the last page. */
  nextCursor!: string | null;
}

export const listAuditEvents = request('req.audit.v1.list', ListAuditEventsRequest, ListAuditEventsResponse);
