import { IsIn, IsInt, Max, Min } from 'class-validator';
import { ActedRequest } from '../actor.js';
import { request } from '../contract.js';
import { EmptyResponse } from '../empty-response.js';
import { IsAuditDetail, IsId, IsInstant, MayBeAbsent, MayBeNull } from '../validators.js';
import type { AuditAction } from './audit-event.js';

/** What happens in the gateway alone. Changes are recorded where they are made, and cannot be recorded from outside. */
export const RECORDED_ACTIONS = [
  'session.signed-in',
  'session.signed-out',
  'access.denied',
] as const satisfies readonly AuditAction[];

/** The request id is that of the message. */
export class RecordAuditEventRequest extends ActedRequest {
  /** Chosen by the sender: the same event sent twice is recorded once. */
  @IsId()
  eventId!: string;

  /** Earlier than the message when the sender had to wait; never in the future. */
  @IsInstant()
  occurredAt!: string;

  @IsIn(RECORDED_ACTIONS)
  action!: (typeof RECORDED_ACTIONS)[number];

  @MayBeNull()
  @IsId()
  projectId?: string | null;

  @MayBeNull()
  @IsId()
  targetId?: string | null;

  @MayBeNull()
  @IsAuditDetail()
  detail?: string | null;

  /** How many of them this one stands for: 1 when absent. */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(2 ** 31 - 1)
  count?: number;
}

export const recordAuditEvent = request('req.audit.v1.record', RecordAuditEventRequest, EmptyResponse);
