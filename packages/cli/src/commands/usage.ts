import type { ApiKeyUsage } from '@traylinx/sdk';
import type { Command } from 'commander';
import { relative } from '../duration.js';
import { findApiKey } from '../find-api-key.js';
import { Session } from '../session.js';
import { table } from '../table.js';

const BARS = '▁▂▃▄▅▆▇█';
const HOURS = 24;

export function addUsage(program: Command): void {
  program
    .command('usage <key>')
    .description('how much a key is used, and when it is quiet')
    .action(async (idOrStart: string, _options, command: Command) => {
      const session = new Session(command);
      const client = session.admin();
      const { projectId, id } = await findApiKey(session, client, idOrStart);
      const usage = await client.apiKeys.usage(projectId, id);
      await session.show(usage, () => describe(usage));
    });
}

function describe(usage: ApiKeyUsage): string {
  const { firstUsedAt, lastUsedAt, last24h, last7d, last30d, verdict, asOf, gap } = usage;
  const { rejectedUses, lastRejectedAt } = usage;
  const byHour = usesByHourOfDay(usage);
  return table(
    [],
    [
      ['use', verdict.replaceAll('_', ' ')],
      ['last 24 h', String(last24h)],
      ['last 7 d', String(last7d)],
      ['last 30 d', String(last30d)],
      ['first used', firstUsedAt ?? 'never'],
      ['last used', lastUsedAt === null ? 'never' : `${lastUsedAt} (${relative(lastUsedAt, new Date())})`],
      ...(byHour.every((uses) => uses === 0)
        ? []
        : [
            ['by hour, UTC', `${bars(byHour)}  0 to 23, 7 days`],
            ['quietest', `${quietest(byHour)} UTC: rotate and delete then`],
          ]),
      ...(lastRejectedAt === null
        ? []
        : [['refused calls', `${rejectedUses}, the last at ${lastRejectedAt}`]]),
      ['as of', asOf ?? 'not known yet'],
      ...(gap === null ? [] : [['may lack uses', `from ${gap.from} to ${gap.to}`]]),
    ],
  );
}

function usesByHourOfDay({ hourly }: ApiKeyUsage): number[] {
  const sums = Array<number>(HOURS).fill(0);
  for (const { hour, uses } of hourly) {
    const at = new Date(hour).getUTCHours();
    sums[at] = (sums[at] ?? 0) + uses;
  }
  return sums;
}

function bars(counts: number[]): string {
  const most = Math.max(...counts);
  return counts.map((count) => BARS.charAt(Math.ceil((count / most) * (BARS.length - 1)))).join('');
}

function quietest(counts: number[]): string {
  const hour = counts.indexOf(Math.min(...counts));
  const clock = (at: number): string => `${String(at % HOURS).padStart(2, '0')}:00`;
  return `${clock(hour)} to ${clock(hour + 1)}`;
}
