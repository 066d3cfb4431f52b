import { type Command, Option } from 'commander';
import { CommandError } from '../exit-codes.js';
import { Session } from '../session.js';

export function addCompletion(program: Command): void {
  program
    .command('completion <shell>')
    .description('for bash, zsh or fish: source <(traylinx-keys completion bash)')
    .action(async (shell: string, _options, command: Command) => {
      const script = { bash, zsh, fish }[shell];
      if (script === undefined) throw new CommandError('completion takes bash, zsh or fish.');
      await new Session(command).terminal.print(script(program));
    });
}

/** Each command with its options and its own commands. */
function words(command: Command): string[] {
  const flags = command.options.flatMap(({ long }) => (long ? [long] : []));
  return [...command.commands.map((sub) => sub.name()), ...flags];
}

function bash(program: Command): string {
  const globals = program.options.flatMap(({ long }) => (long ? [long] : [])).join(' ');
  const cases = program.commands
    .map((command) => `    ${command.name()}) words="${words(command).join(' ')} ${globals}" ;;`)
    .join('\n');
  return `_traylinx_keys() {
  local words command
  command="\${COMP_WORDS[1]}"
  case "$command" in
${cases}
    *) words="${words(program).join(' ')}" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${words(program).join(' ')}"; fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _traylinx_keys traylinx-keys`;
}

function zsh(program: Command): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bash(program)}`;
}

function fish(program: Command): string {
  const name = 'complete -c traylinx-keys';
  const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;
  const option = (condition: string, { long, description }: Option): string =>
    `${name}${condition} -l ${(long ?? '').slice(2)} -d ${quoted(description)}`;
  const lines = program.commands.flatMap((command) => {
    const condition = ` -n "__fish_seen_subcommand_from ${command.name()}"`;
    return [
      `${name} -n __fish_use_subcommand -f -a ${command.name()} -d ${quoted(command.description())}`,
      ...command.commands.map(
        (sub) => `${name}${condition} -f -a ${sub.name()} -d ${quoted(sub.description())}`,
      ),
      ...command.options.filter(({ long }) => long).map((one) => option(condition, one)),
    ];
  });
  return [...lines, ...program.options.filter(({ long }) => long).map((one) => option('', one))].join('\n');
}
