import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { jest } from '@jest/globals';
import type { ICruiseResult, IForbiddenRuleType } from 'dependency-cruiser';

type Files = Readonly<Record<string, string>>;

interface Plant {
  /** The rule, or all the rules, that must find it. */
  rule: string | string[];
  /** Whose violation it is. */
  file: string;
  code: string;
  /** What the file needs to exist in order to be wrong. */
  beside?: Files;
}

const CONFIG = resolve('.dependency-cruiser.cjs');
const DEPCRUISE = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const RULES = (createRequire(import.meta.url)(CONFIG) as { forbidden: IForbiddenRuleType[] }).forbidden;
const LIBRARIES = readdirSync('libs');

// dependency-cruiser reads a whole tree in a process of its own.
jest.setTimeout(60_000);

const npmPackage = (name: string): Files => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
  [`node_modules/${name}/index.js`]: 'module.exports = {};',
});

const library = (name: string): Files => ({
  [`libs/${name}/src/index.ts`]: "export { inner } from './inner.js';",
  [`libs/${name}/src/inner.ts`]: 'export const inner = 1;',
});

/** A small platform that breaks no rule. */
const CLEAN_TREE: Files = {
  'package.json': JSON.stringify({
    type: 'module',
    imports: { '#*': { source: './libs/*/src/index.ts', default: './dist/libs/*/src/index.js' } },
    dependencies: { '@nats-io/jetstream': '*', '@nestjs/platform-fastify': '*', fastify: '*', pg: '*' },
    devDependencies: { 'fast-check': '*' },
  }),
  ...Object.assign({}, ...LIBRARIES.map(library)),
  ...npmPackage('@nats-io/jetstream'),
  ...npmPackage('@nestjs/platform-fastify'),
  ...npmPackage('fast-check'),
  ...npmPackage('fastify'),
  ...npmPackage('not-in-package-json'),
  ...npmPackage('pg'),
  'apps/gateway/src/main.ts':
    "import '#api-key';\nimport '#messaging';\nimport 'fastify';\nimport './door.js';",
  'apps/gateway/src/door.ts': "import '#contracts';",
  'apps/verification/src/main.ts': "import '#messaging';\nimport 'pg';\nimport './decide.js';",
  'apps/verification/src/decide.ts':
    "import type { inner } from '#contracts';\nexport type Inner = typeof inner;",
  'apps/verification/src/decide.spec.ts': "import '#api-key';\nimport 'fast-check';\nimport './decide.js';",
  'apps/verification/test/decide.int-spec.ts': "import '../../../test/support/eventually.js';",
  'apps/verification/migrations/1-create.ts': "import 'pg';",
  'libs/messaging/src/bus.ts': "import '#contracts';\nimport '@nats-io/jetstream';",
  'libs/messaging/src/create-service.ts': "import '@nestjs/platform-fastify';\nimport './bus.js';",
  'packages/sdk-js/src/client.ts': "import 'node:http';",
  'prove/revocation/main.mjs': "import '../../tools/stack/servers.mjs';",
  'test/support/eventually.ts': "import '../../tools/stack/servers.mjs';",
  'tools/stack/servers.mjs': "import 'node:net';\nimport './ports.mjs';",
  'tools/stack/ports.mjs': "import 'node:net';",
};

const PLANTS: readonly Plant[] = [
  {
    rule: 'cycle',
    file: 'apps/gateway/src/chicken.ts',
    code: "import './egg.js';",
    beside: { 'apps/gateway/src/egg.ts': "import './chicken.js';" },
  },
  {
    rule: 'app-imports-app',
    file: 'apps/gateway/src/planted-app.ts',
    code: "import '../../verification/src/decide.js';",
  },
  {
    rule: 'app-imports-app',
    file: 'apps/gateway/src/planted-type-of-app.ts',
    code: "import type { Inner } from '../../verification/src/decide.js';\nexport type Planted = Inner;",
  },
  {
    rule: 'lib-imports-app',
    file: 'libs/config/src/planted-app.spec.ts',
    code: "import '../../../apps/verification/src/decide.js';",
  },
  {
    rule: ['lib-imports-app', 'arrows-of-contracts'],
    file: 'libs/contracts/src/planted-app.ts',
    code: "import '../../../apps/verification/src/decide.js';",
  },
  { rule: 'arrows-of-contracts', file: 'libs/contracts/src/planted.ts', code: "import '#config';" },
  { rule: 'arrows-of-api-key', file: 'libs/api-key/src/planted.ts', code: "import '#contracts';" },
  { rule: 'arrows-of-config', file: 'libs/config/src/planted.ts', code: "import '#observability';" },
  {
    rule: 'arrows-of-observability',
    file: 'libs/observability/src/planted.ts',
    code: "import '#messaging';",
  },
  { rule: 'arrows-of-database', file: 'libs/database/src/planted.ts', code: "import '#messaging';" },
  { rule: 'arrows-of-messaging', file: 'libs/messaging/src/planted.ts', code: "import '#database';" },
  { rule: 'arrows-of-key-fence', file: 'libs/key-fence/src/planted.ts', code: "import '#messaging';" },
  {
    rule: 'lib-without-arrows',
    file: 'libs/common/src/index.ts',
    code: "import '#contracts';",
  },
  {
    rule: 'package-imports-platform',
    file: 'packages/sdk-js/src/planted.ts',
    code: "import '#contracts';",
  },
  {
    rule: 'deep-import-into-lib',
    file: 'apps/gateway/src/planted-depth.ts',
    code: "import '../../../libs/contracts/src/inner.js';",
  },
  {
    rule: 'deep-import-into-lib',
    file: 'test/planted-depth.e2e-spec.ts',
    code: "import '../libs/contracts/src/inner.js';",
  },
  {
    rule: 'lib-by-path',
    file: 'apps/gateway/src/planted-path.ts',
    code: "import '../../../libs/contracts/src/index.js';",
  },
  {
    rule: 'source-imports-test',
    file: 'apps/gateway/src/planted-test.ts',
    code: "import '../../../test/support/eventually.js';",
  },
  {
    rule: 'source-imports-test',
    file: 'apps/verification/src/planted-test.ts',
    code: "import './decide.spec.js';",
  },
  {
    rule: 'source-imports-tool',
    file: 'apps/gateway/src/planted-tool.ts',
    code: "import '../../../tools/stack/servers.mjs';",
  },
  {
    rule: 'tool-imports-source',
    file: 'prove/planted.mjs',
    code: "import '../apps/gateway/src/door.ts';",
  },
  {
    rule: 'tool-imports-source',
    file: 'tools/planted.mjs',
    code: "import '../apps/gateway/src/door.ts';",
  },
  { rule: 'http-outside-the-gateway', file: 'apps/verification/src/planted.ts', code: "import 'fastify';" },
  {
    rule: 'http-outside-the-gateway',
    file: 'libs/messaging/src/planted-http.ts',
    code: "import '@nestjs/platform-fastify';",
  },
  {
    rule: 'nats-outside-messaging',
    file: 'apps/gateway/src/planted-nats.ts',
    code: "import '@nats-io/jetstream';",
  },
  { rule: 'gateway-has-no-tables', file: 'apps/gateway/src/planted-pg.ts', code: "import 'pg';" },
  { rule: 'gateway-has-no-tables', file: 'apps/gateway/src/planted-fence.ts', code: "import '#key-fence';" },
  {
    rule: 'keys-outside-the-gateway',
    file: 'apps/verification/src/planted-key.ts',
    code: "import '#api-key';",
  },
  { rule: 'api-key-is-pure', file: 'libs/api-key/src/planted-package.ts', code: "import 'pg';" },
  {
    rule: 'migration-imports-code',
    file: 'apps/verification/migrations/2-planted.ts',
    code: "import '../src/decide.js';",
  },
  {
    rule: 'stack-needs-nothing-installed',
    file: 'tools/stack/planted.mjs',
    code: "import 'pg';",
  },
  {
    rule: 'source-needs-dev-dependency',
    file: 'apps/gateway/src/planted-dev.ts',
    code: "import 'fast-check';",
  },
  {
    rule: 'undeclared-dependency',
    file: 'apps/gateway/src/planted-undeclared.ts',
    code: "import 'not-in-package-json';",
  },
  { rule: 'unresolvable', file: 'apps/gateway/src/planted-typo.ts', code: "import './no-such-file.js';" },
  { rule: 'orphan', file: 'apps/gateway/src/planted-orphan.ts', code: 'export const forgotten = true;' },
];

describe('the import rules', () => {
  const temporary: string[] = [];
  afterAll(() => {
    for (const directory of temporary) rmSync(directory, { recursive: true });
  });

  /** The rules that each file of the tree breaks. */
  function violationsIn(files: Files): Map<string, string[]> {
    const directory = mkdtempSync(join(tmpdir(), 'traylinx-import-rules-'));
    temporary.push(directory);
    for (const [file, code] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), code);
    }
    return violations(directory, ['apps', 'libs', 'packages', 'prove', 'test', 'tools']);
  }

  it('leave a tree alone that follows the architecture', () => {
    expect(violationsIn(CLEAN_TREE)).toEqual(new Map());
  });

  describe('find', () => {
    let found: Map<string, string[]>;
    beforeAll(() => {
      const planted = PLANTS.map(({ file, code, beside }) => ({ [file]: code, ...beside }));
      found = violationsIn(Object.assign({}, CLEAN_TREE, ...planted) as Files);
    });

    it.each(PLANTS)('$rule in $file', ({ rule, file }) => {
      expect(found.get(file)?.toSorted()).toEqual([rule].flat().toSorted());
    });

    it('nothing in files that break no rule', () => {
      const planted = PLANTS.flatMap(({ file, beside }) => [file, ...Object.keys(beside ?? {})]);
      expect([...found.keys()].filter((file) => !planted.includes(file))).toEqual([]);
    });
  });

  it('are each seen failing', () => {
    const seen = new Set(PLANTS.flatMap(({ rule }) => rule));
    expect(RULES.map(({ name }) => name).filter((name) => !seen.has(String(name)))).toEqual([]);
    expect(RULES.filter(({ severity }) => severity !== 'error')).toEqual([]);
  });

  it('know every library', () => {
    const names = new Set(RULES.map(({ name }) => name));
    expect(LIBRARIES.filter((library) => !names.has(`arrows-of-${library}`))).toEqual([]);
  });

  it('are kept by this repository', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: { 'lint:imports': string };
    };
    const [, , , ...folders] = scripts['lint:imports'].split(' ');
    expect(folders).toEqual(expect.arrayContaining(['apps', 'libs', 'test', 'tools']));
    expect(violations('.', folders)).toEqual(new Map());
  });
});

function violations(directory: string, folders: string[]): Map<string, string[]> {
  const output = execFileSync(
    process.execPath,
    [DEPCRUISE, '--config', CONFIG, '--output-type', 'json', ...folders],
    { cwd: directory, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const { summary } = JSON.parse(output) as ICruiseResult;
  const rules = new Map<string, Set<string>>();
  for (const { from, rule } of summary.violations) {
    rules.set(from, (rules.get(from) ?? new Set()).add(rule.name));
  }
  return new Map([...rules].map(([file, names]) => [file, [...names]]));
}
