// The arrows of the architecture as rules. test/repository/import-rules.spec.ts plants a violation of every rule and
// sees it found; a rule without a plant fails there.

/** What each library may import of ours. A library that is not in the table may import nothing. */
const LIBRARY_ARROWS = {
  contracts: [],
  'api-key': [],
  config: [],
  observability: ['config'],
  database: ['config', 'contracts', 'observability'],
  messaging: ['config', 'contracts', 'observability'],
  'key-fence': ['config', 'database', 'observability'],
};

const OURS = '^(apps|bench|libs|packages|prove|test|tools)/';
const TESTS = '\\.(spec|int-spec|e2e-spec)\\.ts$|^test/|^(apps|libs|packages)/[^/]+/test/';
/** A folder that is one thing: libs/messaging, apps/gateway. In `to`, $1 is then the importer's own. */
const UNIT = '^([^/]+/[^/]+)';
const LIB_INDEX = '^libs/[^/]+/src/index\\.ts$';

/** @param {string} names of packages, as a regular expression */
const packages = (names) => `(^|/)node_modules/(${names})(/|$)`;

/**
 * @param {string} name
 * @param {string} comment why, for whoever breaks it
 * @param {object} from
 * @param {object} to
 */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @param {[string, string[]]} arrows */
const libraryRule = ([name, mayImport]) =>
  forbid(
    `arrows-of-${name}`,
    `libs/${name} may import ${mayImport.join(', ') || 'nothing'} of ours.`,
    { path: `^libs/${name}/`, pathNot: TESTS },
    { path: OURS, pathNot: `^libs/(${[name, ...mayImport].join('|')})/` },
  );

const whoKnowsWhom = [
  forbid('cycle', 'Two files that need each other are one file, or three.', {}, { circular: true }),
  forbid(
    'app-imports-app',
    'Services talk over the bus, in messages of #contracts.',
    { path: '^apps/([^/]+)/' },
    { path: '^apps/', pathNot: '^apps/$1/' },
  ),
  forbid(
    'lib-imports-app',
    'A library is what apps share; it knows none of them, not even in its tests.',
    { path: '^libs/' },
    { path: '^(apps|packages)/' },
  ),
  ...Object.entries(LIBRARY_ARROWS).map(libraryRule),
  forbid(
    'lib-without-arrows',
    'A new library gets a line in LIBRARY_ARROWS, and a place in the picture of the architecture.',
    { path: '^libs/([^/]+)/', pathNot: `^libs/(${Object.keys(LIBRARY_ARROWS).join('|')})/|${TESTS}` },
    { path: OURS, pathNot: '^libs/$1/' },
  ),
  forbid(
    'package-imports-platform',
    'What users install talks HTTP, and is built without the platform.',
    { path: '^packages/' },
    { path: '^(apps|libs|tools)/' },
  ),
  forbid(
    'deep-import-into-lib',
    'What a library offers is in its index.',
    { path: UNIT },
    { path: '^libs/', pathNot: ['^$1/', LIB_INDEX] },
  ),
  forbid(
    'lib-by-path',
    'A library is imported by its name (#messaging): built and unbuilt, that is the same.',
    { path: UNIT },
    { path: LIB_INDEX, pathNot: '^$1/', dependencyTypesNot: ['aliased-subpath-import'] },
  ),
  forbid(
    'source-imports-test',
    'Tests are not part of what runs.',
    { path: '^(apps|libs|packages|tools)/', pathNot: TESTS },
    { path: TESTS },
  ),
  forbid(
    'source-imports-tool',
    'What runs in production is in apps and libs alone.',
    { path: '^(apps|libs|packages)/', pathNot: TESTS },
    { path: '^(bench|prove|tools)/' },
  ),
  forbid(
    'tool-imports-source',
    'Tools are plain JavaScript that Node runs as it is: they use what is built, in dist.',
    { path: '^(bench|prove|tools)/', pathNot: TESTS },
    { path: '^(apps|libs|packages)/' },
  ),
];

const whoKnowsWhat = [
  forbid(
    'http-outside-the-gateway',
    'HTTP exists only in the gateway; create-service.ts takes its adapter, as Nest asks for one.',
    {
      path: '^(apps|libs)/',
      pathNot: ['^apps/(gateway|console)/', '^libs/messaging/src/create-service\\.ts$', TESTS],
    },
    { path: packages('@nestjs/platform-.*|@fastify/.*|fastify|express') },
  ),
  forbid(
    'nats-outside-messaging',
    'How messages cross the bus is the business of #messaging alone.',
    { path: '^(apps|libs)/', pathNot: ['^libs/messaging/', TESTS] },
    { path: packages('@nats-io/.*|nats') },
  ),
  forbid(
    'gateway-has-no-tables',
    'The door to the world holds no credentials of PostgreSQL and no part of the key cache.',
    { path: '^apps/gateway/', pathNot: TESTS },
    { path: ['^libs/(database|key-fence)/', packages('pg|typeorm|@nestjs/typeorm')] },
  ),
  forbid(
    'keys-outside-the-gateway',
    'The plaintext of a key never leaves the gateway, so nobody else needs to mint, parse or hash one.',
    { path: '^(apps|libs)/', pathNot: ['^apps/gateway/', '^libs/api-key/', TESTS] },
    { path: '^libs/api-key/' },
  ),
  forbid(
    'api-key-is-pure',
    'The key itself depends on node:crypto and on nothing that somebody else publishes.',
    { path: '^libs/api-key/', pathNot: TESTS },
    { path: packages('.*') },
  ),
  forbid(
    'migration-imports-code',
    'A migration says for ever what it said when it ran; code changes.',
    { path: '^apps/[^/]+/migrations/' },
    { path: OURS, pathNot: '^apps/[^/]+/migrations/' },
  ),
  forbid(
    'stack-needs-nothing-installed',
    '`npm start` runs these files before there is a node_modules.',
    { path: '^tools/stack/', pathNot: TESTS },
    { path: packages('.*'), dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'source-needs-dev-dependency',
    'Images are built without devDependencies; the console is a bundle, which needs none.',
    { path: '^(apps|libs|packages)/', pathNot: ['^apps/console/', TESTS] },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'undeclared-dependency',
    'Whatever is imported is named in package.json, not found there by luck.',
    {},
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
  ),
  forbid(
    'unresolvable',
    'Nothing is found under that name. (What Vite makes while it builds has a name that begins with "virtual:".)',
    {},
    { couldNotResolve: true, pathNot: '^virtual:' },
  ),
  forbid(
    'orphan',
    'Nobody imports it and it imports nobody: delete it, or name it here if a tool loads it.',
    {
      orphan: true,
      pathNot: [
        TESTS,
        '\\.d\\.ts$',
        '^apps/[^/]+/src/main\\.ts$',
        '^apps/console/public/',
        '^tools/[^/]+\\.mjs$',
      ],
    },
    {},
  ),
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...whoKnowsWhom, ...whoKnowsWhat],
  options: {
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: '(^|/)(dist|coverage|\\.stack)/' },
    // An import of a type is an arrow, too.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      // "#messaging" is libs/messaging/src/index.ts under the condition "source": see "imports" in package.json.
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};
