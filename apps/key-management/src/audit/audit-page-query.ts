import type { ListAuditEventsRequest } from '#contracts';
import type { PagePosition } from '../paging/page-cursor.js';
import type { AuditEventEntity } from './audit-event.entity.js';

export type AuditFilters = Omit<ListAuditEventsRequest, 'limit' | 'cursor' | 'projectIds'>;

interface AuditPageQuery {
  filters: AuditFilters;
  /** Only events of these projects, and none without a project; of everything when undefined. */
  projectIds: readonly string[] | undefined;
  /** Begins behind this one. */
  position: PagePosition | undefined;
  rows: number;
}

const COLUMNS: Readonly<Record<keyof AuditEventEntity, string>> = {
  id: 'id',
  occurredAt: 'occurred_at',
  actor: 'actor',
  action: 'action',
  projectId: 'project_id',
  targetId: 'target_id',
  requestId: 'request_id',
  sourceAddress: 'source_address',
  detail: 'detail',
  count: 'count',
};

const CONDITIONS: Readonly<Record<keyof AuditFilters, string>> = {
  projectId: 'event.project_id =',
  targetId: 'event.target_id =',
  actor: 'event.actor =',
  action: 'event.action =',
  from: 'event.occurred_at >=',
  to: 'event.occurred_at <',
};

const NEWEST_FIRST = 'ORDER BY event.occurred_at DESC, event.id DESC';

/**
 * SQL for one page, newest first, by hand as it decides whether a page costs what it has or what there is. Each filter has
 * an index in the order of the list. Of some projects, the events of each are found by its index and merged: one condition
 * for all of them would have PostgreSQL walk through everybody's events until it has met enough.
 */
export function auditPageSql({ filters, projectIds, position, rows }: AuditPageQuery): {
  text: string;
  values: unknown[];
} {
  const values: unknown[] = [];
  const value = (item: unknown): string => `$${String(values.push(item))}`;
  const conditions = Object.entries(CONDITIONS).flatMap(([name, condition]) => {
    const wanted = filters[name as keyof AuditFilters];
    return wanted === undefined ? [] : [`${condition} ${value(wanted)}`];
  });
  if (position !== undefined) {
    conditions.push(`(event.occurred_at, event.id) < (${value(position.at)}, ${value(position.id)})`);
  }
  const limit = `LIMIT ${value(rows)}`;
  const columns = Object.entries(COLUMNS).map(([name, column]) => `event.${column} AS "${name}"`);
  const select = `SELECT ${columns.join(', ')} FROM`;
  const events = 'key_management.audit_events AS event';
  if (projectIds === undefined) {
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    return { text: `${select} ${events} ${where} ${NEWEST_FIRST} ${limit}`, values };
  }
  const ofProject = ['event.project_id = scope.project_id', ...conditions].join(' AND ');
  const text = `${select} unnest(${value(scopeOf(projectIds, filters.projectId))}::uuid[]) AS scope (project_id)
    CROSS JOIN LATERAL (SELECT event.* FROM ${events} WHERE ${ofProject} ${NEWEST_FIRST} ${limit}) AS event
    ${NEWEST_FIRST} ${limit}`;
  return { text, values };
}

/** Each once: one that is named twice would give its events twice. */
function scopeOf(projectIds: readonly string[], projectId: string | undefined): string[] {
  const all = [...new Set(projectIds.map((id) => id.toLowerCase()))];
  return projectId === undefined ? all : all.filter((id) => id === projectId.toLowerCase());
}
