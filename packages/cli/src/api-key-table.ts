import type { ApiKey } from '@traylinx/sdk';
import { relative } from './duration.js';
import { csv, table } from './table.js';
import type { Style, Terminal } from './terminal.js';

const VERDICT_STYLES: Readonly<Record<string, Style>> = {
  in_use: 'green',
  idle: 'yellow',
  never_used: 'yellow',
};
const SOON_MS = 14 * 86_400_000;
const CSV_HEAD = [
  'id',
  'projectId',
  'keyStart',
  'note',
  'status',
  'createdAt',
  'createdBy',
  'expiresAt',
  'lastUsedAt',
  'verdict',
  'usageAsOf',
  'replacesKeyId',
  'replacedByKeyId',
] as const;

/** @param projectNames by id; absent: all keys are of one project */
export function apiKeyTable(
  apiKeys: readonly ApiKey[],
  terminal: Terminal,
  projectNames?: ReadonlyMap<string, string>,
): string {
  const now = new Date();
  const head = ['KEY', 'NOTE', 'CREATED', 'LAST USED', 'EXPIRES', 'USE', 'ID'];
  const rows = apiKeys.map((apiKey) => [
    ...(projectNames ? [projectNames.get(apiKey.projectId) ?? apiKey.projectId] : []),
    apiKey.keyStart,
    apiKey.note ?? terminal.styled('yellow', '(no note)'),
    apiKey.createdAt.slice(0, 10),
    apiKey.lastUsedAt === null ? 'never' : relative(apiKey.lastUsedAt, now),
    expiry(apiKey, terminal, now),
    verdict(apiKey, terminal),
    apiKey.id,
  ]);
  return table(projectNames ? ['PROJECT', ...head] : head, rows);
}

export function apiKeyCsv(apiKeys: readonly ApiKey[]): string {
  const rows = apiKeys.map((apiKey) => {
    const flat = { ...apiKey, verdict: apiKey.usage.verdict, usageAsOf: apiKey.usage.asOf };
    return CSV_HEAD.map((name) => flat[name] ?? '');
  });
  return csv(CSV_HEAD, rows);
}

/** One key, a line for each thing that is known. */
export function apiKeyDetails(apiKey: ApiKey, terminal: Terminal): string {
  const now = new Date();
  const { usage, lastUsedAt } = apiKey;
  return table(
    [],
    [
      ['id', apiKey.id],
      ['project', apiKey.projectId],
      ['key', `${apiKey.keyStart}…`],
      ['note', apiKey.note ?? '(no note)'],
      ['status', apiKey.status],
      ['created', `${apiKey.createdAt} by ${apiKey.createdBy}`],
      ['expires', expiry(apiKey, terminal, now)],
      ['last used', lastUsedAt === null ? 'never' : `${lastUsedAt} (${relative(lastUsedAt, now)})`],
      ['use', verdict(apiKey, terminal)],
      ['uses', `24 h: ${usage.last24h}, 7 d: ${usage.last7d}, 30 d: ${usage.last30d}`],
      ['as of', usage.asOf ?? 'not known yet'],
      ...(usage.gap === null ? [] : [['may lack uses', `from ${usage.gap.from} to ${usage.gap.to}`]]),
      ...(apiKey.replacesKeyId === null ? [] : [['replaces', apiKey.replacesKeyId]]),
      ...(apiKey.replacedByKeyId === null ? [] : [['replaced by', apiKey.replacedByKeyId]]),
    ],
  );
}

function expiry({ expiresAt, status }: ApiKey, terminal: Terminal, now: Date): string {
  if (expiresAt === null) return 'never';
  const text = `${expiresAt.slice(0, 10)} (${relative(expiresAt, now)})`;
  if (status === 'expired') return terminal.styled('red', text);
  return Date.parse(expiresAt) - now.getTime() < SOON_MS ? terminal.styled('yellow', text) : text;
}

function verdict({ usage, status }: ApiKey, terminal: Terminal): string {
  const text = usage.verdict.replaceAll('_', ' ');
  const style = VERDICT_STYLES[usage.verdict];
  const shown = style === undefined ? text : terminal.styled(style, text);
  return status === 'active' ? shown : `${shown}, ${status}`;
}
