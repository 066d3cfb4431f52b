/** Options that every project shares. Jest does not inherit them from the top level. */
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  setupFiles: ['reflect-metadata'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
      },
    ],
  },
  moduleNameMapper: {
    '^#([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.stack/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.stack/'],
};

export default {
  // Jest's ESM module registry leaks; a worker that has grown is replaced.
  workerIdleMemoryLimit: '512MB',
  // Generous: what has to be quick says so itself, and a busy machine is no failure.
  testTimeout: 60_000,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['**/*.spec.ts'] },
    // One service with real stores, or one library with a real server.
    {
      ...shared,
      displayName: 'int',
      testMatch: ['**/*.int-spec.ts'],
      globalSetup: '<rootDir>/test/support/postgres.global-setup.mjs',
      globalTeardown: '<rootDir>/test/support/postgres.global-teardown.mjs',
    },
    // The whole platform, as built, in processes of its own.
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/{prove,test}/**/*.e2e-spec.ts'] },
  ],
};
