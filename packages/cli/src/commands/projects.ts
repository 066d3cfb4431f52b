import type { Command } from 'commander';
import { writeConfig } from '../config-file.js';
import { Session } from '../session.js';
import { table } from '../table.js';

export function addProjects(program: Command): void {
  const projects = program
    .command('projects')
    .description('list, create, show, rename, delete and choose projects');

  projects
    .command('list', { isDefault: true })
    .description('all projects')
    .option('--search <text>', 'in names')
    .action(async ({ search }: { search?: string }, command: Command) => {
      const session = new Session(command);
      const all = await session.admin().projects.list({ q: search, limit: 200 }).toArray();
      const rows = all.map(({ name, createdAt, id }) => [name, createdAt.slice(0, 10), id]);
      await session.show(all, () => table(['NAME', 'CREATED', 'ID'], rows));
    });

  projects
    .command('create <name>')
    .description('its id is printed')
    .action(async (name: string, _options, command: Command) => {
      const session = new Session(command);
      const project = await session.admin().projects.create({ name });
      session.terminal.say(`Created the project ${project.name}.`);
      await session.show(project, () => project.id);
    });

  projects
    .command('show <project>')
    .description('a project, by its name or id')
    .action(async (nameOrId: string, _options, command: Command) => {
      const session = new Session(command);
      const client = session.admin();
      const { id } = await session.findProject(client, nameOrId);
      const project = await client.projects.get(id);
      const { name, createdAt } = project;
      await session.show(project, () =>
        table(
          [],
          [
            ['id', id],
            ['name', name],
            ['created', createdAt],
          ],
        ),
      );
    });

  addChanges(projects);
}

function addChanges(projects: Command): void {
  projects
    .command('rename <project> <name>')
    .action(async (nameOrId: string, name: string, _options, command: Command) => {
      const session = new Session(command);
      const client = session.admin();
      const { id } = await session.findProject(client, nameOrId);
      const project = await client.projects.rename(id, name);
      session.terminal.say(`Renamed to ${project.name}.`);
      if (session.wantsJson) await session.show(project, () => '');
    });

  projects
    .command('delete <project>')
    .description('a project that has no API keys')
    .action(async (nameOrId: string, _options, command: Command) => {
      const session = new Session(command);
      const client = session.admin();
      const { id, name } = await session.findProject(client, nameOrId);
      await session.confirm(`Delete the project ${name}?`);
      await client.projects.delete(id);
      session.terminal.say(`Deleted the project ${name}.`);
    });

  projects
    .command('use <project>')
    .description('the one that is meant from now on when no --project is given')
    .action(async (nameOrId: string, _options, command: Command) => {
      const session = new Session(command);
      const { id, name } = await session.findProject(session.admin(), nameOrId);
      writeConfig(session.configPath, { ...session.config, project: id });
      session.terminal.say(`Commands mean the project ${name} from now on.`);
    });
}
