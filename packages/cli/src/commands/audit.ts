import type { Command } from 'commander';
import { parseDuration } from '../duration.js';
import { CommandError } from '../exit-codes.js';
import { Session } from '../session.js';
import { table } from '../table.js';

interface AuditOptions {
  target?: string;
  actor?: string;
  action?: string;
  since?: string;
  limit: string;
}

export function addAudit(program: Command): void {
  program
    .command('audit')
    .description('who did what, when, from where; the latest first')
    .option('--target <id>', 'what was done to this API key or project')
    .option('--actor <actor>')
    .option('--action <action>', 'such as api-key.deleted')
    .option('--since <time>', 'in the last 24h, 30d, …')
    .option('--limit <count>', 'at most', '50')
    .action(async ({ target, actor, action, since, limit }: AuditOptions, command: Command) => {
      const session = new Session(command);
      const most = Number(limit);
      if (!/^\d{1,5}$/.test(limit) || most === 0)
        throw new CommandError('--limit takes a number from 1 to 99999.');
      const client = session.admin();
      const from = since === undefined ? undefined : new Date(Date.now() - parseDuration(since, '--since'));
      const projectId = session.namedProject === undefined ? undefined : await session.projectId(client);
      const filters = { targetId: target, actor, action, from, projectId, limit: Math.min(most, 200) };
      const events = [];
      for await (const event of client.auditEvents.list(filters)) {
        if (events.push(event) === most) break;
      }
      const rows = events.map((event) => [
        event.occurredAt,
        event.action,
        event.actor,
        [event.detail, event.count > 1 ? `(${event.count} times)` : null].filter(Boolean).join(' '),
        event.targetId ?? '',
        event.sourceAddress ?? '',
      ]);
      await session.show(events, () => table(['WHEN', 'WHAT', 'WHO', 'DETAIL', 'WHICH', 'FROM'], rows));
    });
}
