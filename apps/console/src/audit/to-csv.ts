import type { AuditEvent } from '../api/types.js';

const COLUMNS = [
  'occurredAt',
  'actor',
  'action',
  'projectId',
  'targetId',
  'sourceAddress',
  'detail',
  'count',
  'requestId',
  'id',
] as const;

/** RFC 4180, with the guard that spreadsheets need: a text that they would take for a formula begins with an apostrophe. */
export function toCsv(events: readonly AuditEvent[]): string {
  const lines = events.map((event) => COLUMNS.map((column) => cell(String(event[column] ?? ''))).join(','));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
