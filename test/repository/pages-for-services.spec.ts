// The pages that people paste from: what stands in their blocks and names is there, and can be read by what it is for.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describeInPython, pythonProgram } from '../support/python.js';

const FOLDER = 'docs/protect-your-service';
const PAGES = [
  ...readdirSync(FOLDER).map((file) => join(FOLDER, file)),
  'docs/someone-found-your-key.md',
  'examples/secret-scanning/README.md',
];
const read = (file: string): string => readFileSync(file, 'utf8');

interface Block {
  page: string;
  language: string;
  /** The file that it is quoted from, which the fence names. */
  source: string | undefined;
  code: string;
}

const BLOCKS: Block[] = PAGES.flatMap((page) =>
  [...read(page).matchAll(/^( *)```(\S*) ?(.*)\n([^]*?)^ *```$/gm)].map(
    ([, indent = '', language = '', source, code = '']) => ({
      page,
      language,
      source: source === '' ? undefined : source,
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  ),
);
const blocksOf = (...languages: string[]): Block[] =>
  BLOCKS.filter(({ language }) => languages.includes(language));
const sourcesBelow = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[jt]s$/.test(file) && !file.includes('node_modules'))
    .map((file) => read(join(folder, file)))
    .join('\n');

/** Whether the lines of a block follow each other in a text, all of them indented by the same more. */
function isQuoted(code: string, text: string): boolean {
  const lines = code.trimEnd().split('\n');
  const indents = new Set([...text.matchAll(/^[ \t]*/gm)].map(([indent]) => indent));
  return [...indents].some((indent) =>
    `\n${text}`.includes(`\n${lines.map((line) => (line === '' ? '' : indent + line)).join('\n')}\n`),
  );
}

it('there is a page for each way, and the index names it', () => {
  const index = read(`${FOLDER}/README.md`);
  const pages = readdirSync(FOLDER).filter((file) => file !== 'README.md');
  expect(pages.length).toBeGreaterThanOrEqual(11);
  expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([]);
  const proxies = readdirSync('examples').filter((name) => name !== 'secret-scanning');
  expect(proxies.filter((proxy) => !pages.includes(`${proxy}.md`))).toEqual([]);
});

describe('blocks', () => {
  it('are in languages that are looked at here', () => {
    const quoted = BLOCKS.filter(({ source }) => source !== undefined);
    const others = BLOCKS.filter((block) => !quoted.includes(block));
    expect(others.map(({ language }) => language).filter((one) => !['sh', 'python'].includes(one))).toEqual(
      [],
    );
    expect(quoted.length).toBeGreaterThanOrEqual(8);
  });

  it('that are quoted stand in the file that they name, to the letter', () => {
    const wrong = BLOCKS.filter(({ source, code }) => source && !isQuoted(code, read(source)));
    expect(wrong).toEqual([]);
  });

  it('of JavaScript and TypeScript can be parsed', () => {
    const blocks = blocksOf('js', 'ts');
    expect(blocks.length).toBeGreaterThanOrEqual(3);
    for (const { code, language, page } of blocks) {
      const { diagnostics } = ts.transpileModule(code, {
        fileName: `${page}.${language}`,
        reportDiagnostics: true,
        compilerOptions: {
          allowJs: true,
          experimentalDecorators: true,
          module: ts.ModuleKind.ESNext,
          target: ts.ScriptTarget.ES2022,
        },
      });
      expect({ page, problems: diagnostics?.map(({ messageText }) => messageText) }).toEqual({
        page,
        problems: [],
      });
    }
  });

  it('of Python import only what the SDK has', () => {
    const surface = read('packages/sdk-python/src/traylinx_sdk/__init__.py');
    for (const { code } of blocksOf('python')) {
      const [, names = ''] = /^from traylinx_sdk import (.+)$/m.exec(code) ?? [];
      expect(names.split(', ').filter((name) => !surface.includes(`"${name}"`))).toEqual([]);
    }
  });
});

describeInPython('blocks of Python', () => {
  it('can be parsed', () => {
    const blocks = blocksOf('python');
    expect(blocks).toHaveLength(1);
    for (const { code } of blocks) {
      execFileSync(pythonProgram(), ['-c', 'import ast, sys; ast.parse(sys.argv[1])', code]);
    }
  });
});

describe.each(PAGES)('%s', (page) => {
  const text = read(page);

  it('names only routes of the API', () => {
    const { paths } = JSON.parse(read('docs/openapi.json')) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const named = [...text.matchAll(/(?:(GET|POST|PUT|PATCH|DELETE) )?(\/v1\/[\w/{}-]+)/g)];
    const wrong = named.filter(
      ([, method, path = '']) =>
        !paths[path] || (method !== undefined && !(method.toLowerCase() in paths[path])),
    );
    expect(wrong.map(([route]) => route)).toEqual([]);
  });

  it('names only environment variables that there are', () => {
    const known = read('docs/configuration.md') + sourcesBelow('packages/sdk-js/src');
    const own = new Set(['METH_OPTIONS']);
    const named = [...text.matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)].map(([name]) => name);
    const isKnown = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(known);
    expect(named.filter((name) => !own.has(name) && !isKnown(name))).toEqual([]);
  });

  it('names only commands, scripts and files that there are', () => {
    const shell = BLOCKS.filter((block) => block.page === page && block.language === 'sh');
    const code = [
      ...shell.map((block) => block.code),
      ...[...text.matchAll(/`([^`\n]+)`/g)].map(([, one]) => one),
    ];
    const cli = sourcesBelow('packages/cli/src');
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const installable = ['sdk-js', 'nestjs', 'cli'].map(
      (name) => (JSON.parse(read(`packages/${name}/package.json`)) as { name: string }).name,
    );
    const problems = code
      .join('\n')
      .split('\n')
      .flatMap((line) => {
        const [, command] = /\btraylinx-keys ([a-z]+)/.exec(line) ?? [];
        const options = command === undefined ? [] : (line.match(/--[a-z-]+/g) ?? []);
        const [, script] = /\bnpm (?:run )?(start|test|[a-z]+:[a-z]+)\b/.exec(line) ?? [];
        const [, installed] = /\bnpm install (@?[\w/-]+)/.exec(line) ?? [];
        return [
          command !== undefined && !new RegExp(`\\.command\\('${command}\\b`).test(cli) && line,
          options.some((option) => !cli.includes(`${option} `) && !cli.includes(`${option}'`)) && line,
          script !== undefined && !scripts[script] && line,
          installed !== undefined && !installable.includes(installed) && line,
        ].filter((one) => one !== false);
      });
    expect(problems).toEqual([]);
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to]) =>
      join(dirname(page), String(to)),
    );
    expect(links.filter((to) => !existsSync(to))).toEqual([]);
  });
});
