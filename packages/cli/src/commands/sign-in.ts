import type { Command } from 'commander';
import { rmSync } from 'node:fs';
import { writeConfig } from '../config-file.js';
import { askText } from '../prompts.js';
import { Session } from '../session.js';

export function addSignIn(program: Command): void {
  program
    .command('login')
    .description('remember a gateway and an admin token, which comes from stdin or is typed unseen')
    .action(async (_options, command: Command) => {
      const session = new Session(command);
      const { terminal } = session;
      const baseUrl = await addressFor(session);
      const adminToken = await session.secret('Admin token');
      const client = session.adminWith(adminToken, baseUrl);
      // Whether it is good, before it is remembered. A page of projects is what every admin may see.
      await client.projects.list({ limit: 1 }).pages().next();
      const { project, baseUrl: previous } = session.config;
      const normalized = client.toJSON().baseUrl;
      const keepsProject = project !== undefined && previous === normalized;
      writeConfig(session.configPath, {
        baseUrl: normalized,
        adminToken,
        ...(keepsProject ? { project } : {}),
      });
      terminal.say(
        `Signed in to ${normalized}. Remembered in ${session.configPath}, which only you can read.`,
      );
    });

  program
    .command('logout')
    .description('forget what login has remembered')
    .action((_options, command: Command) => {
      const session = new Session(command);
      rmSync(session.configPath, { force: true });
      session.terminal.say('Signed out.');
    });
}

async function addressFor(session: Session): Promise<string> {
  try {
    return session.baseUrl;
  } catch (error) {
    if (!session.terminal.isInteractive) throw error;
    return askText('Address of the gateway', 'https://');
  }
}
