import { readdirSync, readFileSync } from 'node:fs';
import { ConfigError, describeVariables, loadConfig } from '#config';
import { GatewayConfig } from '../../apps/gateway/src/gateway.config.js';
import { KeyManagementConfig } from '../../apps/key-management/src/key-management.config.js';
import { UsageTrackingConfig } from '../../apps/usage-tracking/src/usage-tracking.config.js';
import { VerificationConfig } from '../../apps/verification/src/verification.config.js';

/** What docker-compose.yml and the manifests of Kubernetes both come down to. */
export interface Container {
  image: string;
  /** What follows the image's entry point. */
  args: string[];
  environment: Record<string, string>;
}

export type Containers = Record<string, Container>;

export const CONFIG_CLASSES: Readonly<Record<string, new () => object>> = {
  gateway: GatewayConfig,
  'key-management': KeyManagementConfig,
  'usage-tracking': UsageTrackingConfig,
  verification: VerificationConfig,
};

/** The console is served by the gateway. */
export const APPS = readdirSync('apps').filter((app) => app !== 'console');
const OTHERS = ['migrate', 'nats', 'postgres', 'redis', 'session-redis'];

/** What would keep the containers from being this platform, one line each. */
export function problemsOf(containers: Containers): string[] {
  const services = Object.entries(containers).filter(([name]) => !OTHERS.includes(name));
  const names = services.map(([name]) => name);
  return [
    ...APPS.filter((app) => !names.includes(app)).map((app) => `apps/${app} has no container`),
    ...names.filter((name) => !APPS.includes(name)).map((name) => `${name} is no folder of apps/`),
    ...services.flatMap(([name, container]) => [
      ...configurationProblems(name, container),
      ...loginProblems(name, container, containers),
    ]),
    ...migrationProblems(containers),
    ...serverProblems('nats', 'servers/nats/nats.conf', /\$(NATS_\w+_PASSWORD)/g, containers),
    ...serverProblems('redis', 'servers/redis/users.acl', /\$\{(REDIS_\w+)\}/g, containers),
    ...serverProblems(
      'session-redis',
      'servers/redis/sessions/users.acl',
      /\$\{(SESSION_REDIS_\w+)\}/g,
      containers,
    ),
  ];
}

function configurationProblems(name: string, { image, args, environment }: Container): string[] {
  const problems: string[] = [];
  if (image !== `traylinx/${name}`) problems.push(`${name} runs the image ${image}`);
  if (args.length > 0) problems.push(`${name} does not run what its image runs`);
  const ConfigClass = CONFIG_CLASSES[name];
  if (!ConfigClass) return [...problems, `${name} has no config class in this test`];
  const known = new Set(describeVariables(ConfigClass).map((variable) => variable.name));
  for (const variable of Object.keys(environment)) {
    if (!known.has(variable)) problems.push(`${name} knows no variable ${variable}`);
  }
  try {
    loadConfig(ConfigClass, environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(`${name}: ${error.message}`);
  }
  return problems;
}

function loginProblems(name: string, { environment }: Container, containers: Containers): string[] {
  const NAME = name.replaceAll('-', '_').toUpperCase();
  const { DATABASE_URL, NATS_PASSWORD, NATS_URL = '', NATS_USER, REDIS_URL, SESSION_REDIS_URL } = environment;
  const nats = { url: NATS_URL, user: NATS_USER, password: NATS_PASSWORD };
  const problems = login(name, nats, containers['nats'], {
    host: 'nats:4222',
    user: name,
    password: `NATS_${NAME}_PASSWORD`,
  });
  if (DATABASE_URL) {
    const expected = {
      host: 'postgres:5432',
      user: `traylinx_${NAME.toLowerCase()}`,
      password: `${NAME}_DATABASE_PASSWORD`,
    };
    problems.push(...login(name, { url: DATABASE_URL }, containers['migrate'], expected));
  }
  if (REDIS_URL) {
    const expected = { host: 'redis:6379', user: name, password: `REDIS_${NAME}_PASSWORD` };
    problems.push(...login(name, { url: REDIS_URL }, containers['redis'], expected));
  }
  if (SESSION_REDIS_URL) {
    const expected = { host: 'session-redis:6379', user: name, password: `SESSION_REDIS_${NAME}_PASSWORD` };
    problems.push(...login(name, { url: SESSION_REDIS_URL }, containers['session-redis'], expected));
  }
  return problems;
}

function migrationProblems({ migrate, postgres }: Containers): string[] {
  if (!migrate || !postgres) return ['migrate or postgres is missing'];
  const { DATABASE_URL = '', ...passwords } = migrate.environment;
  const problems = login('migrate', { url: DATABASE_URL }, postgres, {
    host: 'postgres:5432',
    user: 'postgres',
    password: 'POSTGRES_PASSWORD',
  });
  if (migrate.args.join() !== 'tools/migrate.mjs') problems.push('migrate does not run tools/migrate.mjs');
  if (!APPS.some((app) => migrate.image === `traylinx/${app}` || migrate.image === 'traylinx/migrate')) {
    problems.push('migrate runs an image of somebody else');
  }
  if (!DATABASE_URL.endsWith(`/${String(postgres.environment['POSTGRES_DB'])}`)) {
    problems.push('migrate and postgres mean different databases');
  }
  const needed = [...readFileSync('tools/migrate.mjs', 'utf8').matchAll(/'(\w+_DATABASE_PASSWORD)'/g)];
  const missing = needed.map(([, name]) => String(name)).filter((name) => !passwords[name]);
  return [...problems, ...missing.map((name) => `migrate needs ${name}`)];
}

/** A server gets just the variables that its configuration names. */
function serverProblems(name: string, file: string, variable: RegExp, containers: Containers): string[] {
  const given = Object.keys(containers[name]?.environment ?? {}).toSorted();
  const named = [...readFileSync(file, 'utf8').matchAll(variable)]
    .map((match) => String(match[1]))
    .toSorted();
  const same = given.join() === [...new Set(named)].join();
  return same ? [] : [`${name} gets ${given.join(', ')}; ${file} names ${named.join(', ')}`];
}

/** @param expected.password the variable by which the server learns it */
function login(
  name: string,
  given: { url: string; user?: string | undefined; password?: string | undefined },
  server: Container | undefined,
  expected: { host: string; user: string; password: string },
): string[] {
  const { host, username, password } = new URL(given.url || 'missing://');
  const user = given.user ?? username;
  const problems: string[] = [];
  if (host !== expected.host) problems.push(`${name} looks for ${expected.host} at ${host}`);
  if (user !== expected.user) problems.push(`${name} calls itself ${user}, not ${expected.user}`);
  if ((given.password ?? password) !== server?.environment[expected.password]) {
    problems.push(`${name} has another password than ${expected.password}`);
  }
  return problems;
}
