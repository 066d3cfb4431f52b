import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { explainedSuppressions } from './tools/lint/explained-suppressions.mjs';

const tests = ['**/*.{spec,int-spec,e2e-spec}.ts', '**/test/**/*.{ts,mjs}'];
/** Programs that people run: what they say belongs on the terminal. */
const programs = ['tools/**', 'bench/**', 'prove/**', 'test/**'];
/** Plain JavaScript with its types in comments. */
const plainJavaScript = ['bench/**/*.mjs', 'prove/**/*.mjs', 'tools/**/*.mjs'];
/** Files whose default export is asked for by the tool that loads them. */
const loadedByTools = ['**/*.config.{mjs,cjs,ts}', '**/*.global-{setup,teardown}.mjs'];

export default tseslint.config(
  {
    ignores: ['apps/console/src/api/schema.d.ts', '**/dist/', '**/node_modules/', '**/coverage/', '.stack/'],
  },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  },

  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    plugins: { traylinx: { rules: { 'explained-suppressions': explainedSuppressions } } },
    rules: {
      // TypeScript knows better which names exist.
      'no-undef': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true } },
      ],
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 70 }],
      'traylinx/explained-suppressions': 'error',

      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/ban-ts-comment': ['error', { minimumDescriptionLength: 10 }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }],
      // `() => socket.destroy()` in a callback is no confusion.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Classes describe messages and rows here: decorators need a class, and an object of that shape is as good as
      // an instance.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      // Nest's modules are classes with nothing in them but a decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
    },
  },

  // Statements in SQL are one list, and reading a migration in pieces helps nobody.
  { files: ['apps/*/migrations/*.ts'], rules: { 'max-lines-per-function': 'off' } },

  {
    files: tests,
    rules: {
      // A `describe` is a function only in name.
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 500 }],
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // `expect.any()` is declared as any, and so is the body of a response.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      // `expect(bus.request).toHaveBeenCalled()` calls nothing.
      '@typescript-eslint/unbound-method': 'off',
      // Handlers of fixtures are what a contract says they are, whether or not they wait.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  { files: programs, rules: { 'no-console': 'off' } },
  { files: loadedByTools, rules: { 'no-restricted-exports': 'off' } },

  // JSON that is read is `any`.
  {
    files: plainJavaScript,
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
  // The rest of it is in no TypeScript project.
  {
    files: ['**/*.{mjs,cjs}', 'apps/console/public/*.js'],
    ignores: plainJavaScript,
    ...tseslint.configs.disableTypeChecked,
  },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
