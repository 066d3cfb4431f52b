import { AUDIT_ACTIONS, type AuditAction, IsActor, IsId, MayBeAbsent } from '#contracts';
import { OmitType } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { HoldsNoKey } from '../http/holds-no-key.js';
import { PageQuery } from '../http/list.query.js';
import { IsMoment } from '../http/moment.js';

/** `?projectId&actor&action&from&to&limit&cursor` */
export class AuditEventsQuery extends PageQuery {
  @MayBeAbsent()
  @IsId()
  projectId?: string;

  @MayBeAbsent()
  @IsActor()
  @HoldsNoKey()
  actor?: string;

  @MayBeAbsent()
  @IsIn(AUDIT_ACTIONS)
  action?: AuditAction;

  @MayBeAbsent()
  @IsMoment()
  from?: string;

  @MayBeAbsent()
  @IsMoment()
  to?: string;
}

/** An export has no pages. */
export class AuditExportQuery extends OmitType(AuditEventsQuery, ['limit', 'cursor']) {}
