import { CommandError, EXIT_CODES } from './exit-codes.js';

// stdout is for results.
const output = process.stderr;

/** @throws CommandError on Ctrl+C */
export async function askText(message: string, initialValue = ''): Promise<string> {
  const { text } = await prompts();
  return answered(await text({ message, initialValue, output }));
}

/** Not shown while it is typed. @throws CommandError on Ctrl+C */
export async function askSecret(message: string): Promise<string> {
  const { password } = await prompts();
  return answered(await password({ message, output })).trim();
}

/** No, unless the answer is yes. @throws CommandError on Ctrl+C */
export async function askYesOrNo(message: string): Promise<boolean> {
  const { confirm } = await prompts();
  return answered(await confirm({ message, initialValue: false, output }));
}

/** Most commands ask nothing, and start sooner without it. */
function prompts(): Promise<typeof import('@clack/prompts')> {
  return import('@clack/prompts');
}

function answered(answer: string | symbol): string;
function answered(answer: boolean | symbol): boolean;
function answered(answer: string | boolean | symbol): string | boolean {
  if (typeof answer !== 'symbol') return answer;
  throw new CommandError('Stopped. Nothing was changed by this question.', EXIT_CODES.interrupted);
}
