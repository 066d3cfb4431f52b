import type { CreatedApiKey, NewApiKey, Traylinx } from '@traylinx/sdk';
import type { Command } from 'commander';
import { apiKeyDetails } from '../api-key-table.js';
import { parseExpiry } from '../duration.js';
import { CommandError, EXIT_CODES } from '../exit-codes.js';
import { findApiKey } from '../find-api-key.js';
import { Session } from '../session.js';

export function addKeys(program: Command): void {
  program
    .command('create')
    .description('make an API key; stdout gets the key, alone, and nothing can show it again')
    .option('--note <text>', 'what it is for')
    .option('--expires <when>', '30d, 2030-01-31, or a moment with its offset; never unless given')
    .action(async ({ note, expires }: { note?: string; expires?: string }, command: Command) => {
      const session = new Session(command);
      const expiresAt = expires === undefined ? undefined : parseExpiry(expires, new Date());
      const client = session.admin();
      const projectId = await session.projectId(client);
      if (note === undefined) {
        session.terminal.say(
          'Without a note, nobody will know in six months what it is for: --note "…", or `note` later.',
        );
      }
      await createAndShow(session, client, projectId, { note, expiresAt });
    });

  program
    .command('show <key>')
    .description('an API key, by its id or key start')
    .action(async (idOrStart: string, _options, command: Command) => {
      const session = new Session(command);
      const apiKey = await findApiKey(session, session.admin(), idOrStart);
      await session.show(apiKey, () => apiKeyDetails(apiKey, session.terminal));
    });

  program
    .command('note <key> <text>')
    .description('change what it says about its purpose; "" takes the note away')
    .action(async (idOrStart: string, text: string, _options, command: Command) => {
      const session = new Session(command);
      const client = session.admin();
      const { projectId, id } = await findApiKey(session, client, idOrStart);
      const apiKey = await client.apiKeys.changeNote(projectId, id, text.trim() === '' ? null : text);
      session.terminal.say('Changed.');
      if (session.wantsJson) await session.show(apiKey, () => '');
    });
}

/** The secret alone on stdout; and when nobody is there to take it, which key is to be deleted. */
export async function createAndShow(
  session: Session,
  client: Traylinx,
  projectId: string,
  newApiKey: NewApiKey,
): Promise<CreatedApiKey> {
  const created = await client.apiKeys.create(projectId, newApiKey);
  const { terminal } = session;
  const { key, id, note, expiresAt } = created;
  terminal.say(
    `Created ${id}${note === null ? '' : ` (${note})`}, ${expiresAt === null ? 'which never expires' : `until ${expiresAt}`}.`,
  );
  terminal.say(
    'This is the only time that the key is shown. There is no way to recover it later: if lost, delete it and create a new one.',
  );
  try {
    await session.show(created, () => key);
  } catch {
    throw new CommandError(
      `The key was made, but nobody took it from stdout, and it cannot be shown again. Delete it: traylinx-keys delete ${id} --project ${projectId}`,
      EXIT_CODES.failed,
    );
  }
  return created;
}
