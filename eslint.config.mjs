import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', '.stack/', 'apps/console/dist/'] },
  ...tseslint.configs.strictTypeChecked,
);
