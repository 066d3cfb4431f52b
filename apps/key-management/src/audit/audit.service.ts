import type {
  AuditEvent,
  ListAuditEventsRequest,
  ListAuditEventsResponse,
  RecordAuditEventRequest,
} from '#contracts';
import { Database } from '#database';
import { requestContext } from '#observability';
import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '../paging/page-cursor.js';
import { AuditEventEntity } from './audit-event.entity.js';
import { auditPageSql } from './audit-page-query.js';

@Injectable()
export class AuditService {
  constructor(private readonly database: Database) {}

  /** What has happened in the gateway. Repeated with the same id, it is there once. */
  async record({ eventId, occurredAt, ...event }: RecordAuditEventRequest): Promise<void> {
    await this.database.run((manager) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(AuditEventEntity)
        .values({
          id: eventId,
          // The clock of a gateway that is ahead does not put events in front of those that come later.
          occurredAt: new Date(Math.min(Date.parse(occurredAt), Date.now())),
          requestId: requestContext.getStore()?.requestId ?? null,
          ...event,
        })
        .orIgnore()
        .execute(),
    );
  }

  async list({
    limit,
    cursor,
    projectIds,
    ...filters
  }: ListAuditEventsRequest): Promise<ListAuditEventsResponse> {
    const { projectId, targetId, actor, action, from, to } = filters;
    const list = ['audit-events', projectId, targetId, actor, action, from, to];
    const position = cursor === undefined ? undefined : decodeCursor(list, cursor);
    // One more than asked for tells whether there is a next page.
    const { text, values } = auditPageSql({ filters, projectIds, position, rows: limit + 1 });
    const rows = await this.database.run((manager) => manager.query<AuditEventEntity[]>(text, values));
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      data: page.map(toAuditEvent),
      nextCursor: last === undefined ? null : encodeCursor(list, { at: last.occurredAt, id: last.id }),
    };
  }
}

function toAuditEvent({ occurredAt, ...event }: AuditEventEntity): AuditEvent {
  return { ...event, occurredAt: occurredAt.toISOString() };
}
