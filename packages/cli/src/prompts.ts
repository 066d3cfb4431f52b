import * as clack from '@clack/prompts';
import { CommandError, EXIT_CODES } from './exit-codes.js';

// stdout is for results.
const output = process.stderr;

/** @throws CommandError on Ctrl+C */
export async function askText(message: string, initialValue = ''): Promise<string> {
  return answered(await clack.text({ message, initialValue, output }));
}

/** Not shown while it is typed. @throws CommandError on Ctrl+C */
export async function askSecret(message: string): Promise<string> {
  return answered(await clack.password({ message, output })).trim();
}

/** No, unless the answer is yes. @throws CommandError on Ctrl+C */
export async function askYesOrNo(message: string): Promise<boolean> {
  return answered(await clack.confirm({ message, initialValue: false, output }));
}

function answered<T>(answer: T | typeof clack.CANCEL_SYMBOL): T {
  if (answer === clack.CANCEL_SYMBOL) {
    throw new CommandError('Stopped. Nothing was changed by this question.', EXIT_CODES.interrupted);
  }
  return answer;
}
