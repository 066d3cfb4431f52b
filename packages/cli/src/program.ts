import { Command } from 'commander';
import { addAudit } from './commands/audit.js';
import { addCompletion } from './commands/completion.js';
import { addDelete } from './commands/delete.js';
import { addExport, addIdentity } from './commands/identity.js';
import { addKeys } from './commands/keys.js';
import { addList } from './commands/list.js';
import { addProjects } from './commands/projects.js';
import { addRotate } from './commands/rotate.js';
import { addSignIn } from './commands/sign-in.js';
import { addUsage } from './commands/usage.js';
import { EXIT_CODES_HELP } from './exit-codes.js';
import { VERSION } from './version.js';

const SETTINGS_HELP = `
Settings, the first one counts: an option, the environment, what login has remembered.
  TRAYLINX_BASE_URL     address of the gateway
  TRAYLINX_ADMIN_TOKEN  for management; never an option, as everybody on the machine can read those
  TRAYLINX_API_KEY      the key that verify and export are about
  TRAYLINX_PROJECT      the project that is meant
  NO_COLOR              no colours`;

export function createProgram(): Command {
  const program = new Command('traylinx-keys')
    .description('Project API keys of Traylinx: create, find, watch, rotate and delete them.')
    .version(VERSION)
    .option('--base-url <address>', 'of the gateway')
    .option('-p, --project <project>', 'name or id of the project that is meant')
    .option('--json', 'results as JSON')
    .option('-q, --quiet', 'nothing but results')
    .option('-y, --yes', 'ask nothing')
    .option('--no-color', 'no colours')
    .showHelpAfterError('(add --help for how it is used)')
    .addHelpText('after', `${SETTINGS_HELP}\n${EXIT_CODES_HELP}`)
    .exitOverride();
  addSignIn(program);
  addProjects(program);
  addList(program);
  addKeys(program);
  addDelete(program);
  addRotate(program);
  addIdentity(program);
  addExport(program);
  addUsage(program);
  addAudit(program);
  addCompletion(program);
  return program;
}
