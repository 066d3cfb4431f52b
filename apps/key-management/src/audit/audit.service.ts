import type {
  AuditEvent,
  ListAuditEventsRequest,
  ListAuditEventsResponse,
  RecordAuditEventRequest,
} from '#contracts';
import { Database } from '#database';
import { requestContext } from '#observability';
import { Injectable } from '@nestjs/common';
import type { SelectQueryBuilder } from 'typeorm';
import { readPage } from '../paging/keyset-page.js';
import { AuditEventEntity } from './audit-event.entity.js';

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

  async list({ limit, cursor, ...filters }: ListAuditEventsRequest): Promise<ListAuditEventsResponse> {
    const { projectId, targetId, actor, action, from, to } = filters;
    const { rows, nextCursor } = await this.database.run((manager) => {
      const query = manager.createQueryBuilder(AuditEventEntity, 'event').where('true');
      restrict(query, filters);
      const list = ['audit-events', projectId, targetId, actor, action, from, to];
      return readPage(query, { list, time: 'occurredAt', limit, cursor });
    });
    return { data: rows.map(toAuditEvent), nextCursor };
  }
}

type Filters = Omit<ListAuditEventsRequest, 'limit' | 'cursor'>;

const CONDITIONS: Readonly<Record<keyof Filters, string>> = {
  projectId: 'event.projectId = :projectId',
  targetId: 'event.targetId = :targetId',
  actor: 'event.actor = :actor',
  action: 'event.action = :action',
  from: 'event.occurredAt >= :from',
  to: 'event.occurredAt < :to',
  projectIds: 'event.projectId = ANY(:projectIds)',
};

function restrict(query: SelectQueryBuilder<AuditEventEntity>, filters: Filters): void {
  for (const [name, condition] of Object.entries(CONDITIONS)) {
    const value = filters[name as keyof Filters];
    if (value !== undefined) query.andWhere(condition, { [name]: value });
  }
}

function toAuditEvent({ occurredAt, ...event }: AuditEventEntity): AuditEvent {
  return { ...event, occurredAt: occurredAt.toISOString() };
}
