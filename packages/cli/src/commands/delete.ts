import type { ApiKey, Traylinx } from '@traylinx/sdk';
import type { Command } from 'commander';
import { apiKeyTable } from '../api-key-table.js';
import { parseDays } from '../duration.js';
import { CommandError, EXIT_CODES, explain, exitCodeOf } from '../exit-codes.js';
import { findApiKey } from '../find-api-key.js';
import { Session } from '../session.js';

interface DeleteOptions {
  unusedFor?: string;
  all?: boolean;
  dryRun?: boolean;
}

const DAY_MS = 86_400_000;

export function addDelete(program: Command): void {
  program
    .command('delete [keys...]')
    .description('immediately and irreversibly, by id or key start; each one’s next call is refused')
    .option('--unused-for <days>', 'all that are at least so old, and were not used for 90d, 12w, …')
    .option('--all', 'with --unused-for: of all projects')
    .option('--dry-run', `only say which; end with ${EXIT_CODES.found} when there are some`)
    .action(deleteKeys);
}

async function deleteKeys(named: string[], options: DeleteOptions, command: Command): Promise<void> {
  const session = new Session(command);
  const { unusedFor } = options;
  if ((named.length === 0) === (unusedFor === undefined)) {
    throw new CommandError('Which keys? Name some, or use --unused-for, and not both.');
  }
  const client = session.admin();
  const apiKeys =
    unusedFor === undefined
      ? await findAll(session, client, named)
      : await findUnused(session, client, parseDays(unusedFor, '--unused-for'), options.all ?? false);
  if (apiKeys.length === 0) {
    session.terminal.say('There are no such keys.');
    if (session.wantsJson) await session.show([], () => '');
    return;
  }
  session.terminal.say(apiKeyTable(apiKeys, session.terminal));
  if (options.dryRun) {
    await session.show(apiKeys, () => apiKeys.map(({ id }) => id).join('\n'));
    throw new CommandError('Nothing was deleted (--dry-run).', EXIT_CODES.found);
  }
  await session.confirm(question(apiKeys));
  await deleteAll(session, client, apiKeys);
}

function question(apiKeys: ApiKey[]): string {
  const inUse = apiKeys.filter(({ usage }) => usage.verdict === 'in_use').length;
  const warning =
    inUse === 0 ? '' : ` ${inUse} of them in use in the last 24 hours: whoever calls with it will get 401.`;
  return `Delete ${apiKeys.length === 1 ? 'this key' : `these ${apiKeys.length} keys`}, for ever?${warning}`;
}

async function findAll(session: Session, client: Traylinx, named: string[]): Promise<ApiKey[]> {
  const found: ApiKey[] = [];
  for (const idOrStart of new Set(named)) found.push(await findApiKey(session, client, idOrStart));
  return found;
}

/** @throws CommandError when it is not known how complete the counts are: a used key must not look unused */
async function findUnused(
  session: Session,
  client: Traylinx,
  days: number,
  isAcross: boolean,
): Promise<ApiKey[]> {
  if (!isAcross && session.namedProject === undefined) {
    throw new CommandError('Of which project? Use --project, or --all for all of them.');
  }
  const filters = { unusedForDays: days, limit: 200 };
  const all = isAcross
    ? client.apiKeys.listAll(filters)
    : client.apiKeys.list(await session.projectId(client), filters);
  const apiKeys = await all.toArray();
  const since = Date.now() - days * DAY_MS;
  // A key of yesterday is not abandoned because nobody has used it yet.
  const old = apiKeys.filter(({ createdAt }) => Date.parse(createdAt) < since);
  if (old.some(({ usage }) => usage.asOf === null)) {
    throw new CommandError(
      'It is not known yet which uses are counted. Try again in a minute.',
      EXIT_CODES.unavailable,
    );
  }
  const [certain, doubtful] = [true, false].map((isCertain) =>
    old.filter(({ usage }) => (usage.gap === null) === isCertain),
  ) as [ApiKey[], ApiKey[]];
  for (const { id, keyStart } of doubtful) {
    session.terminal.complain(
      `Left alone: ${keyStart}… ${id}: a use of it may have been lost. Name it to delete it.`,
    );
  }
  return certain;
}

/** One that cannot be deleted keeps no other one alive. */
async function deleteAll(session: Session, client: Traylinx, apiKeys: ApiKey[]): Promise<void> {
  const { terminal } = session;
  const failures: unknown[] = [];
  const deleted: string[] = [];
  for (const { projectId, id, keyStart } of apiKeys) {
    try {
      await client.apiKeys.delete(projectId, id);
      deleted.push(id);
      terminal.say(`Deleted ${keyStart}… ${id}`);
    } catch (error) {
      failures.push(error);
      terminal.complain(`Not deleted: ${keyStart}… ${id}: ${explain(error)}`);
    }
  }
  if (session.wantsJson) await session.show(deleted, () => '');
  if (failures.length === 0) return;
  throw new CommandError(
    `${failures.length} of ${apiKeys.length} keys were not deleted.`,
    exitCodeOf(failures[0]),
  );
}
