import { AUDIT_ACTIONS, type AuditAction, DEFAULT_PAGE_ITEMS, IsActor, IsId, MayBeAbsent } from '#contracts';
import { IsIn } from 'class-validator';
import { HoldsNoKey } from '../http/holds-no-key.js';
import { IsCursorParameter, IsLimitParameter } from '../http/list.query.js';
import { IsMoment } from '../http/moment.js';

/** What is absent does not restrict. */
export class AuditExportQuery {
  @MayBeAbsent()
  @IsId()
  projectId?: string;

  /** What was done to this project or API key. */
  @MayBeAbsent()
  @IsId()
  targetId?: string;

  /** The whole of it, as events show it. */
  @MayBeAbsent()
  @IsActor()
  @HoldsNoKey()
  actor?: string;

  @MayBeAbsent()
  @IsIn(AUDIT_ACTIONS)
  action?: AuditAction;

  /** This moment and later. */
  @MayBeAbsent()
  @IsMoment()
  from?: string;

  /** Before this moment. */
  @MayBeAbsent()
  @IsMoment()
  to?: string;
}

export class AuditEventsQuery extends AuditExportQuery {
  @IsLimitParameter()
  limit = DEFAULT_PAGE_ITEMS;

  @IsCursorParameter()
  cursor?: string;
}
