import { ApiError, type Identity } from '@traylinx/sdk';
import { type Command, Option } from 'commander';
import { relative } from '../duration.js';
import { Session } from '../session.js';
import { table } from '../table.js';

export function addIdentity(program: Command): void {
  program
    .command('whoami')
    .description('who is signed in, where, and what may be done')
    .action(async (_options, command: Command) => {
      const session = new Session(command);
      const { actor, roles } = await session.admin().me();
      const may = roles.map(({ role, projectId }) => `${role} of ${projectId ?? 'all projects'}`).join(', ');
      const rows = [
        ['gateway', session.baseUrl],
        ['admin', actor],
        ['may', may],
      ];
      await session.show({ baseUrl: session.baseUrl, actor, roles }, () => table([], rows));
    });

  program
    .command('verify')
    .description('test a key: that of TRAYLINX_API_KEY, or one from stdin. No use of it')
    .option('--stdin', 'from stdin, whatever the environment has')
    .action(async ({ stdin = false }: { stdin?: boolean }, command: Command) => {
      const session = new Session(command);
      const identity = await session
        .holder(await session.key('The key to test', { fromStdin: stdin }))
        .whoami();
      session.terminal.say(session.terminal.styled('green', 'The key is good.'));
      await session.show(identity, () => describe(identity));
    });

  program
    .command('find')
    .description('whose key is this? It comes from stdin or is typed unseen')
    .action(async (_options, command: Command) => {
      const session = new Session(command);
      const client = session.admin();
      const owner = await client.apiKeys.lookup(await session.secret('The key that was found'));
      const { projectId, keyId, keyStart, status } = owner;
      const { name } = await nameOf(projectId, (id) => client.projects.get(id));
      const rows = [
        ['key', `${keyStart}…`],
        ['id', keyId],
        ['project', `${name} (${projectId})`],
        ['status', status],
      ];
      await session.show(owner, () => table([], rows));
      session.terminal.say(
        status === 'deleted'
          ? 'It is refused everywhere.'
          : `To make it worthless: traylinx-keys delete ${keyId} --project ${projectId}`,
      );
    });
}

export function addExport(program: Command): void {
  program
    .command('export')
    .description(
      'settings for a client, with the key of TRAYLINX_API_KEY or one from stdin, once it is seen to be good',
    )
    .addOption(new Option('--format <format>').choices(['env', 'json', 'yaml']).default('env'))
    .option('--stdin', 'from stdin, whatever the environment has')
    .addHelpText(
      'after',
      '\n  traylinx-keys create --note "CI" | traylinx-keys export --stdin --format env > .env',
    )
    .action(async ({ format, stdin = false }: { format: string; stdin?: boolean }, command: Command) => {
      const session = new Session(command);
      const key = await session.key('The key to export', { fromStdin: stdin });
      const client = session.holder(key);
      await client.whoami();
      const settings = { TRAYLINX_API_KEY: key.trim(), TRAYLINX_BASE_URL: client.toJSON().baseUrl };
      await session.terminal.print(formatted(settings, format));
    });
}

function formatted(settings: Record<string, string>, format: string): string {
  if (format === 'json') return JSON.stringify(settings, null, 2);
  const line =
    format === 'yaml'
      ? ([name, value]: string[]) => `${name}: "${value}"`
      : (pair: string[]) => pair.join('=');
  return Object.entries(settings).map(line).join('\n');
}

function describe({ keyId, keyStart, projectId, projectName, note, expiresAt }: Identity): string {
  return table(
    [],
    [
      ['key', `${keyStart}…`],
      ['id', keyId],
      ['project', `${projectName} (${projectId})`],
      ['note', note ?? '(no note)'],
      ['expires', expiresAt === null ? 'never' : `${expiresAt} (${relative(expiresAt, new Date())})`],
    ],
  );
}

/** Whoever may look a key up may not see every project. */
async function nameOf(id: string, get: (id: string) => Promise<{ name: string }>): Promise<{ name: string }> {
  try {
    return await get(id);
  } catch (error) {
    if (error instanceof ApiError) return { name: 'a project' };
    throw error;
  }
}
