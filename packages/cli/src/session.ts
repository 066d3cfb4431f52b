import { type Project, Traylinx } from '@traylinx/sdk';
import type { Command } from 'commander';
import { type Config, configPath, readConfig } from './config-file.js';
import { CommandError, EXIT_CODES } from './exit-codes.js';
import { askSecret, askYesOrNo } from './prompts.js';
import { readStdin, Terminal, wantsColor } from './terminal.js';
import { VERSION } from './version.js';

/** What can be said before and after every command. */
interface GlobalOptions {
  baseUrl?: string;
  project?: string;
  json?: boolean;
  quiet?: boolean;
  yes?: boolean;
  color?: boolean;
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const WHOLE_KEY = /tlx_[0-9A-Za-z]{20,}/;

/** One run of a command: what was said on the line, in the environment and in the config file, in that order. */
export class Session {
  readonly terminal: Terminal;
  readonly wantsJson: boolean;
  readonly isQuiet: boolean;
  readonly saysYes: boolean;
  readonly configPath: string;
  readonly #options: GlobalOptions;
  readonly #env = process.env;
  #config: Config | undefined;

  constructor(command: Command) {
    this.#options = command.optsWithGlobals<GlobalOptions>();
    this.wantsJson = this.#options.json ?? false;
    this.isQuiet = this.#options.quiet ?? false;
    this.saysYes = this.#options.yes ?? false;
    this.configPath = configPath(this.#env);
    // Prompts look there.
    if (this.#options.color === false) this.#env['NO_COLOR'] = '1';
    const usesColor = wantsColor(this.#env, this.#options.color === false);
    this.terminal = new Terminal({ isQuiet: this.isQuiet, usesColor });
    refuseKeys();
  }

  get config(): Config {
    return (this.#config ??= readConfig(this.configPath));
  }

  /** @throws CommandError when it is nowhere */
  get baseUrl(): string {
    const found = this.#options.baseUrl ?? nonBlank(this.#env['TRAYLINX_BASE_URL']) ?? this.config.baseUrl;
    if (found !== undefined) return found.trim();
    throw new CommandError(
      'No address of the gateway: use --base-url, set TRAYLINX_BASE_URL, or run `traylinx-keys login`.',
    );
  }

  /** For management calls. The token of the config file goes to the gateway that it was made for, and nowhere else. */
  admin(): Traylinx {
    const { baseUrl } = this;
    const inEnvironment = nonBlank(this.#env['TRAYLINX_ADMIN_TOKEN']);
    const remembered =
      inEnvironment === undefined && this.config.baseUrl === withoutSlash(baseUrl)
        ? this.config.adminToken
        : undefined;
    const adminToken = inEnvironment ?? remembered;
    if (adminToken === undefined) {
      throw new CommandError('Not signed in: run `traylinx-keys login`, or set TRAYLINX_ADMIN_TOKEN.');
    }
    return this.adminWith(adminToken, baseUrl);
  }

  adminWith(adminToken: string, baseUrl: string): Traylinx {
    return this.#client({ adminToken, baseUrl, apiKey: null });
  }

  /** For calls with a key. */
  holder(apiKey: string): Traylinx {
    return this.#client({ apiKey, adminToken: null, baseUrl: this.baseUrl });
  }

  #client(credentials: { baseUrl: string; adminToken: string | null; apiKey: string | null }): Traylinx {
    return new Traylinx({
      ...credentials,
      serviceToken: null,
      env: {},
      userAgent: `traylinx-keys/${VERSION}`,
      onExpiryWarning: ({ message }) => this.terminal.complain(message),
    });
  }

  /** Id of the project that is meant. @throws CommandError when it is not said, or not clear */
  async projectId(client: Traylinx): Promise<string> {
    const named = this.namedProject;
    if (named === undefined) {
      throw new CommandError('Which project? Use --project with its name or id, or set TRAYLINX_PROJECT.');
    }
    return (await this.findProject(client, named)).id;
  }

  get namedProject(): string | undefined {
    return this.#options.project ?? nonBlank(this.#env['TRAYLINX_PROJECT']) ?? this.config.project;
  }

  async findProject(client: Traylinx, nameOrId: string): Promise<Pick<Project, 'id' | 'name'>> {
    if (ID.test(nameOrId)) return client.projects.get(nameOrId);
    const found = await client.projects.list({ q: nameOrId, limit: 200 }).toArray();
    const exact = found.filter(({ name }) => name.toLowerCase() === nameOrId.toLowerCase());
    const [project, other] = exact;
    if (other !== undefined) {
      throw new CommandError(
        `${exact.length} projects have that name. Use an id: ${exact.map(({ id }) => id).join(', ')}`,
      );
    }
    if (project !== undefined) return project;
    throw new CommandError(
      `There is no project "${nameOrId}". See \`traylinx-keys projects list\`.`,
      EXIT_CODES.notFound,
    );
  }

  /** From stdin, or typed unseen: never from the line, which everybody on the machine can read. */
  async secret(question: string): Promise<string> {
    const secret = process.stdin.isTTY ? await askSecret(question) : await readStdin();
    if (secret !== '') return secret;
    throw new CommandError(`Nothing came on stdin. ${question}`);
  }

  /** The key to be asked about: of the environment, unless stdin is asked for; else piped in or typed. */
  async key(question: string, { fromStdin }: { fromStdin: boolean }): Promise<string> {
    const inEnvironment = fromStdin ? undefined : nonBlank(this.#env['TRAYLINX_API_KEY']);
    return inEnvironment ?? (await this.secret(question));
  }

  /** @throws CommandError when nobody can be asked, or the answer is no */
  async confirm(question: string): Promise<void> {
    if (this.saysYes) return;
    if (!this.terminal.isInteractive) {
      throw new CommandError(`${question} Nobody can be asked here: add --yes when you mean it.`);
    }
    if (!(await askYesOrNo(question))) throw new CommandError('Nothing was changed.', EXIT_CODES.failed);
  }

  /** As JSON, or as people like it. */
  async show(value: unknown, forPeople: () => string): Promise<void> {
    await this.terminal.print(this.wantsJson ? JSON.stringify(value, null, 2) : forPeople());
  }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function nonBlank(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

function refuseKeys(): void {
  if (!process.argv.slice(2).some((argument) => WHOLE_KEY.test(argument))) return;
  throw new CommandError(
    'That is a whole key, and it is in the history of your shell now: have it deleted. ' +
      'Commands take the id or the key start (tlx_ and four characters); secrets go to stdin.',
  );
}
