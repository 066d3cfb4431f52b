import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { pythonProgram } from './python.js';

interface Example {
  commands: string;
  /** What the page says they print; undefined when it says nothing. */
  answer: string | undefined;
}

/** Of the blocks that are run. */
type Language = 'sh' | 'js' | 'python';

interface Runner {
  program: string;
  args: string[];
  /** A statement in that language that prints a line. */
  print: (line: string) => string;
}

const RUNNERS: Record<Language, () => Runner> = {
  sh: () => ({ program: 'bash', args: ['-eu'], print: (line) => `echo '${line}'` }),
  js: () => ({
    program: process.execPath,
    args: ['--input-type=module'],
    print: (line) => `console.log('${line}');`,
  }),
  python: () => ({ program: pythonProgram(), args: ['-'], print: (line) => `print('${line}')` }),
};

const SEPARATOR = '=== next example ===';
/** What differs from run to run; everything else has to be as it is written. */
const VOLATILE = [
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<id>'],
  [/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>'],
  [/\b20\d\d-\d\d-\d\d\b/g, '<day>'],
  [/\btlx_[0-9A-Za-z]{49}\b/g, '<key>'],
  [/\btlx_[0-9A-Za-z]{4}\b/g, '<key start>'],
  [/\r/g, ''],
] as const;

/** The blocks of a page in one language, each with the block of output that follows it directly. */
function examplesOf(page: string, language: string): Example[] {
  const blocks = readFileSync(page, 'utf8').matchAll(
    new RegExp(
      `\`\`\`${language}\\n(?<commands>[^\`]*(?:\`(?!\`\`)[^\`]*)*)\`\`\`\\n` +
        '(?:\\n```(?:json|http|text)\\n(?<answer>[^`]*)```)?',
      'g',
    ),
  );
  return Array.from(blocks, ({ groups }) => ({
    commands: groups?.['commands'] ?? '',
    answer: groups?.['answer'],
  }));
}

function steady(text: string): unknown {
  const result = VOLATILE.reduce((rest, [pattern, name]) => rest.replaceAll(pattern, name), text).trim();
  // A page shows JSON laid out for people.
  return result.startsWith('{') && result.endsWith('}') ? parsedOrText(result) : result;
}

function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** All in one process, as a reader would, who keeps its variables. */
async function run(
  all: Example[],
  runner: Runner,
  env: Record<string, string>,
  cwd: string,
): Promise<string[]> {
  const { program, args, print } = runner;
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += String(chunk)));
  child.stdin.end(all.map(({ commands }) => commands).join(`\n${print(SEPARATOR)}\n`));
  await once(child, 'close');
  return printed.split(`${SEPARATOR}\n`);
}

/** Runs the examples of a page in order. */
export async function runExamples(
  page: string,
  language: Language,
  env: Record<string, string>,
  directory = '.',
): Promise<{ printed: unknown[]; said: unknown[] }> {
  const all = examplesOf(page, language);
  const printed = await run(all, RUNNERS[language](), env, directory);
  return { printed: printed.map(steady), said: all.map(({ answer }) => steady(answer ?? '')) };
}
