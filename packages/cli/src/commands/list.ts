import type { ApiKey, ApiKeyFilters, Traylinx } from '@traylinx/sdk';
import { type Command, Option } from 'commander';
import { apiKeyCsv, apiKeyTable } from '../api-key-table.js';
import { parseDays } from '../duration.js';
import { CommandError, EXIT_CODES } from '../exit-codes.js';
import { Session } from '../session.js';
import { table } from '../table.js';

interface ListOptions {
  all?: boolean;
  search?: string;
  status?: 'active' | 'expired' | 'deleting';
  unusedFor?: string;
  expiring?: string;
  neverUsed?: boolean;
  sort?: NonNullable<ApiKeyFilters['sort']>;
  csv?: boolean;
  failIfAny?: boolean;
}

const SORTS = ['createdAt', '-createdAt', 'lastUsedAt', '-lastUsedAt', 'expiresAt', '-expiresAt'];

export function addList(program: Command): void {
  program
    .command('list')
    .description('API keys of a project, or of all')
    .option('--all', 'of all projects')
    .option('--search <text>', 'in notes and key starts')
    .addOption(new Option('--status <status>').choices(['active', 'expired', 'deleting']))
    .option('--unused-for <days>', 'not used for 30d, 12w, …')
    .option('--expiring <days>', 'that expire within 14d, 2w, …')
    .option('--never-used', 'not used since they were created')
    .addOption(new Option('--sort <field>', 'newest first unless given').choices(SORTS))
    .option('--csv', 'for spreadsheets')
    .option('--fail-if-any', `end with ${EXIT_CODES.found} when there are such keys: for cron`)
    .action(list);

  program
    .command('deleted')
    .description('deleted keys of 90 days, and who still calls with them')
    .action(listDeleted);
}

async function list(options: ListOptions, command: Command): Promise<void> {
  const session = new Session(command);
  const client = session.admin();
  const filters = filtersOf(options);
  const isAcross = options.all ?? session.namedProject === undefined;
  const apiKeys = isAcross
    ? await client.apiKeys.listAll(filters).toArray()
    : await client.apiKeys.list(await session.projectId(client), filters).toArray();
  await print(session, client, apiKeys, { isAcross, isCsv: options.csv ?? false });
  if (options.failIfAny && apiKeys.length > 0) throw new CommandError('', EXIT_CODES.found);
}

async function print(
  session: Session,
  client: Traylinx,
  apiKeys: ApiKey[],
  { isAcross, isCsv }: { isAcross: boolean; isCsv: boolean },
): Promise<void> {
  if (isCsv) return session.terminal.print(apiKeyCsv(apiKeys));
  if (session.wantsJson) return session.show(apiKeys, () => '');
  if (session.isQuiet) {
    // Ids alone, for `xargs`.
    if (apiKeys.length > 0) await session.terminal.print(apiKeys.map(({ id }) => id).join('\n'));
    return;
  }
  if (apiKeys.length === 0) {
    session.terminal.say('There are no such keys.');
    return;
  }
  const projectNames = isAcross ? await namesOfProjects(client) : undefined;
  await session.terminal.print(apiKeyTable(apiKeys, session.terminal, projectNames));
}

async function namesOfProjects(client: Traylinx): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for await (const { id, name } of client.projects.list({ limit: 200 })) names.set(id, name);
  return names;
}

function filtersOf(options: ListOptions): ApiKeyFilters {
  const { search, status, unusedFor, expiring, neverUsed, sort } = options;
  return {
    limit: 200,
    q: search,
    status,
    unusedForDays: unusedFor === undefined ? undefined : parseDays(unusedFor, '--unused-for'),
    expiresWithinDays: expiring === undefined ? undefined : parseDays(expiring, '--expiring'),
    neverUsed,
    sort,
  };
}

async function listDeleted(_options: object, command: Command): Promise<void> {
  const session = new Session(command);
  const client = session.admin();
  const deleted = await client.apiKeys.listDeleted(await session.projectId(client)).toArray();
  const rows = deleted.map((one) => [
    one.keyStart,
    one.note ?? '(no note)',
    one.deletedAt,
    one.deletedBy ?? 'not known',
    one.rejectedUses > 0 ? session.terminal.styled('red', String(one.rejectedUses)) : '0',
    one.lastRejectedAt ?? 'never',
  ]);
  const head = ['KEY', 'NOTE', 'DELETED', 'BY', 'REFUSED CALLS', 'LAST REFUSED'];
  await session.show(deleted, () => table(head, rows));
}
