import { spawnSync } from 'node:child_process';
import { jest } from '@jest/globals';
import { Linter } from 'eslint';
import { explainedSuppressions } from '../../tools/lint/explained-suppressions.mjs';

// ESLint reads the whole TypeScript project.
jest.setTimeout(120_000);

/** @returns what ESLint writes, with the configuration of this repository */
function eslint(args: string[], input = ''): string {
  const { stdout, stderr } = spawnSync(process.execPath, ['node_modules/eslint/bin/eslint.js', ...args], {
    input,
    encoding: 'utf8',
  });
  if (!stdout) throw new Error(stderr);
  return stdout;
}

/** The rules that a file would break if this were its content. */
function lint(file: string, code: string): string[] {
  const output = eslint(['--stdin', '--stdin-filename', file, '--format', 'json'], code);
  const [result] = JSON.parse(output) as [{ messages: { ruleId: string | null; message: string }[] }];
  return result.messages.map(({ ruleId, message }) => ruleId ?? message);
}

describe('ESLint', () => {
  let found: string[];
  beforeAll(() => {
    const lines = [
      "import { readFile } from 'node:fs/promises';",
      "readFile('unawaited');",
      'export const anything = (value: any): string => value;',
      'export const surely = (value?: string): number => value!.length;',
      "export const alike = (value: string): boolean => value == 'x';",
      'console.log(1);',
      '// eslint-disable-next-line no-debugger',
      'debugger;',
      '// @ts-expect-error',
      "export const wrong: number = 'text';",
      `export function long(): void {\n${'  void 0;\n'.repeat(70)}}`,
      "export default 'default';",
      ...Array.from({ length: 250 }, () => '//'),
    ];
    found = lint('apps/gateway/src/main.ts', lines.join('\n'));
  });

  it.each([
    '@typescript-eslint/no-floating-promises',
    '@typescript-eslint/no-explicit-any',
    '@typescript-eslint/no-unsafe-return',
    '@typescript-eslint/no-non-null-assertion',
    '@typescript-eslint/ban-ts-comment',
    'eqeqeq',
    'no-console',
    'no-restricted-exports',
    'max-lines',
    'max-lines-per-function',
    'traylinx/explained-suppressions',
  ])('finds what breaks %s', (rule) => {
    expect(found).toContain(rule);
  });

  it('looks for promises that nobody waits for in plain JavaScript of tools, too', () => {
    const config = JSON.parse(eslint(['--print-config', 'tools/migrate.mjs'])) as {
      rules: Record<string, [number]>;
    };
    expect(config.rules['@typescript-eslint/no-floating-promises']?.[0]).toBe(2);
  });
});

describe('explained-suppressions', () => {
  const NAME = expect.stringMatching(/^Name the rules/);
  const REASON = expect.stringMatching(/^Say why/);

  it.each([
    ['alert(); // eslint-disable-line no-alert -- the reason', []],
    ['// eslint-disable-next-line no-alert -- the reason\nalert();', []],
    ['/* eslint no-alert: off -- the reason */', []],
    ['// eslint is a fine program', []],
    ['// eslint-disable-next-line no-alert\nalert();', [REASON]],
    ['/* eslint-disable no-alert */\nalert();', [REASON]],
    ['/* eslint-disable */\nalert();', [NAME, REASON]],
    ['/* eslint-disable -- the reason */\nalert();', [NAME]],
    ['alert(); // eslint-disable-line', [NAME, REASON]],
    ['/* eslint no-alert: off */', [REASON]],
  ])('%j', (code, expected) => {
    const plugins = { traylinx: { rules: { 'explained-suppressions': explainedSuppressions } } };
    const rules = { 'traylinx/explained-suppressions': 'error', 'no-alert': 'error' } as const;
    const messages = new Linter().verify(code, [{ plugins, rules }]);
    expect(messages.map(({ message }) => message)).toEqual(expected);
  });
});
