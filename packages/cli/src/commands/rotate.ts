import type { ApiKey, Traylinx } from '@traylinx/sdk';
import type { Command } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import { parseDuration, parseExpiry, relative } from '../duration.js';
import { findApiKey } from '../find-api-key.js';
import { Session } from '../session.js';
import { createAndShow } from './keys.js';

interface RotateOptions {
  wait?: boolean;
  quietFor: string;
  expires?: string;
}

const LONGEST_POLL_MS = 5_000;

export function addRotate(program: Command): void {
  program
    .command('rotate <key>')
    .description('create a replacement, switch your client, delete the old key, which works until then')
    .option('--wait', 'watch the old key go quiet, then ask whether to delete it')
    .option('--quiet-for <time>', 'how long without a use is quiet', '15m')
    .option('--expires <when>', 'of the replacement; never unless given')
    .addHelpText(
      'after',
      '\nInterrupted while it waits? The same command goes on where it was: it makes no second replacement.',
    )
    .action(rotate);
}

async function rotate(idOrStart: string, options: RotateOptions, command: Command): Promise<void> {
  const session = new Session(command);
  const quietMs = parseDuration(options.quietFor, '--quiet-for');
  const expiresAt = options.expires === undefined ? undefined : parseExpiry(options.expires, new Date());
  const client = session.admin();
  const { terminal } = session;
  const old = await findApiKey(session, client, idOrStart);
  let replacementId = old.replacedByKeyId;
  if (replacementId === null || !options.wait) {
    terminal.say('1. A replacement, with the same note:');
    const created = await createAndShow(session, client, old.projectId, { replacesKeyId: old.id, expiresAt });
    replacementId = created.id;
  } else {
    terminal.say(`1. Its replacement is there already: ${replacementId}`);
  }
  terminal.say(`2. Give it to whatever calls with ${old.keyStart}…, which works until you delete it.`);
  if (!options.wait) {
    const last = `traylinx-keys delete ${old.id} --project ${old.projectId}`;
    terminal.say(
      `3. When the old key is quiet, delete it:\n   ${last}\n   To be told when that is: add --wait to this command.`,
    );
    return;
  }
  await untilQuiet(session, client, old, { replacementId, quietMs });
  await session.confirm(`3. ${old.keyStart}… is quiet. Delete it, for ever?`);
  await client.apiKeys.delete(old.projectId, old.id);
  terminal.say(`Deleted ${old.keyStart}… ${old.id}. The rotation is done.`);
}

/** Quiet is judged by what is counted (`asOf`), not by the clock here. */
async function untilQuiet(
  session: Session,
  client: Traylinx,
  { projectId, id, keyStart }: ApiKey,
  { replacementId, quietMs }: { replacementId: string; quietMs: number },
): Promise<void> {
  const { terminal } = session;
  const pollMs = Math.min(LONGEST_POLL_MS, quietMs / 2);
  let startedAtMs: number | undefined;
  for (;;) {
    const [old, replacement] = await Promise.all([
      client.apiKeys.get(projectId, id),
      client.apiKeys.get(projectId, replacementId),
    ]);
    const { asOf } = old.usage;
    const asOfMs = asOf === null ? undefined : Date.parse(asOf);
    startedAtMs ??= asOfMs;
    const lastUseMs = old.lastUsedAt === null ? 0 : Date.parse(old.lastUsedAt);
    terminal.sayLive(`   ${keyStart}… ${lastUse(old)}; the replacement ${lastUse(replacement)}`);
    const isQuiet = asOfMs !== undefined && asOfMs - Math.max(lastUseMs, startedAtMs ?? asOfMs) >= quietMs;
    if (isQuiet && replacement.lastUsedAt !== null) break;
    await delay(pollMs);
  }
  terminal.endLive();
}

function lastUse({ lastUsedAt }: ApiKey): string {
  return lastUsedAt === null ? 'was never used' : `was used ${relative(lastUsedAt, new Date())}`;
}
