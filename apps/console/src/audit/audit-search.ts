import type { AuditEvent, AuditQuery } from '../api/types.js';

type Action = AuditEvent['action'];

export interface AuditSearch {
  action?: Action | undefined;
  actor?: string | undefined;
  /** Days, as a date field gives them: `2026-11-23`. Both belong to the range. */
  from?: string | undefined;
  to?: string | undefined;
}

const DAY = /^\d{4}-\d\d-\d\d$/;

/** Whatever is not understood is undefined, not left out: the router would take what the address says. */
export function auditSearch(search: Record<string, unknown>): AuditSearch {
  const { action, actor, from, to } = search;
  return {
    action: isAction(action) ? action : undefined,
    actor: typeof actor === 'string' && actor !== '' ? actor : undefined,
    from: isDay(from) ? from : undefined,
    to: isDay(to) ? to : undefined,
  };
}

function isDay(value: unknown): value is string {
  return typeof value === 'string' && DAY.test(value) && !Number.isNaN(Date.parse(`${value}T00:00:00`));
}

/** What the gateway is asked: moments, where the reader is. */
export function auditQuery({ action, actor, from, to }: AuditSearch): AuditQuery {
  return {
    action,
    actor,
    from: from && new Date(`${from}T00:00:00`).toISOString(),
    // The gateway's range ends before its end.
    to: to && startOfNextDay(to),
  };
}

function startOfNextDay(day: string): string {
  const start = new Date(`${day}T00:00:00`);
  start.setDate(start.getDate() + 1);
  return start.toISOString();
}

export const ACTIONS: Readonly<Record<Action, string>> = {
  'project.created': 'Created the project',
  'project.renamed': 'Renamed the project',
  'project.deleted': 'Deleted the project',
  'api-key.created': 'Created an API key',
  'api-key.note-changed': 'Changed the note of an API key',
  'api-key.deleted': 'Deleted an API key',
  'api-key.looked-up': 'Looked up an API key',
  'session.signed-in': 'Signed in',
  'session.signed-out': 'Signed out',
  'access.denied': 'Was denied access',
};

/** A newer gateway may know more of them. */
export const actionText = (action: string): string => (isAction(action) ? ACTIONS[action] : action);

function isAction(value: unknown): value is Action {
  return typeof value === 'string' && Object.hasOwn(ACTIONS, value);
}
