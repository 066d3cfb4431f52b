// Writes docs/configuration.md from the config classes, which have to be built. With --check it writes nothing and
// fails when the file is not current.
import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { getMetadataStorage } from 'class-validator';
import { rulesOf } from './messages/rules.mjs';

/** @typedef {new () => object} ConfigClass */
/** @typedef {import('../libs/config/src/env.js').VariableDescription} VariableDescription */

const file = new URL('../docs/configuration.md', import.meta.url);
/** Its default depends on where the service runs. */
const defaultInWords = new Map([['LOG_FORMAT', '`pretty` on a terminal, else `json`']]);

/** @type {{ describeVariables: (configClass: ConfigClass) => readonly VariableDescription[] }} */
const { describeVariables } = await built('libs/config/src/index.js');

/** @type {Record<string, unknown>} */
const limits = await built('libs/contracts/src/limits.js');

/** @type {Record<string, ConfigClass>} */
const services = {
  gateway: (await built('apps/gateway/src/gateway.config.js')).GatewayConfig,
  'key-management': (await built('apps/key-management/src/key-management.config.js')).KeyManagementConfig,
  verification: (await built('apps/verification/src/verification.config.js')).VerificationConfig,
  'usage-tracking': (await built('apps/usage-tracking/src/usage-tracking.config.js')).UsageTrackingConfig,
};

const text = `# Configuration

Generated from the config classes by \`npm run generate\`; do not edit.

Every service reads its environment once, at start. What is wrong with it is said all at once, by the names of the variables and
never their values. An empty variable counts as unset, white space around a value is dropped.
${Object.entries(services).map(section).join('')}
## migrate

\`node tools/migrate.mjs\`, before the services are started or replaced.

| variable | default | meaning |
| --- | --- | --- |
| \`DATABASE_URL\` | required, secret | PostgreSQL, as a role that may create roles and schemas. |
| \`KEY_MANAGEMENT_DATABASE_PASSWORD\` | required, secret | Password that the role \`traylinx_key_management\` gets. |
| \`VERIFICATION_DATABASE_PASSWORD\` | required, secret | Password that the role \`traylinx_verification\` gets. |
| \`USAGE_TRACKING_DATABASE_PASSWORD\` | required, secret | Password that the role \`traylinx_usage_tracking\` gets. |

## Fixed limits

Both sides of a message check these, so they are part of it (\`libs/contracts/src/limits.ts\` says what each is for;
[decision 3](decisions/0003-limits-of-the-contract-are-fixed.md) says why they cannot be set).

| limit | value |
| --- | --- |
${Object.entries(limits)
  .map(([name, value]) => `| \`${name}\` | ${String(value)} |`)
  .join('\n')}
`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/configuration.md is not current: npm run build && npm run generate');
  process.exitCode = 1;
}

/** Not for the type checker, which looks at the sources. @param {string} path */
function built(path) {
  return import(`../dist/${path}`);
}

/** @param {[name: string, configClass: ConfigClass]} service */
function section([name, ConfigClass]) {
  const rules = rulesOf(ConfigClass);
  const rows = [...describeVariables(ConfigClass)]
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((variable) => {
      const cells = [`\`${variable.name}\``, defaultOf(ConfigClass, variable), variable.description];
      return `| ${[...cells, (rules.get(variable.name) ?? []).join('; ')].map(escapeCell).join(' | ')} |`;
    });
  return `
## ${name}

| variable | default | meaning | rules |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

/**
 * @param {ConfigClass} ConfigClass
 * @param {VariableDescription} variable
 */
function defaultOf(ConfigClass, { name, secret }) {
  const value = new Map(Object.entries(new ConfigClass())).get(name);
  const known = defaultInWords.get(name) ?? (value === undefined ? undefined : `\`${String(value)}\``);
  const words = known ?? (mayBeUnset(ConfigClass, name) ? 'unset' : 'required');
  return secret ? `${words}, secret` : words;
}

/** @param {ConfigClass} ConfigClass @param {string} variable */
function mayBeUnset(ConfigClass, variable) {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(ConfigClass, '', true, false);
  return metadata.some(({ propertyName, name }) => propertyName === variable && name === 'isOptional');
}

/** @param {string} text */
function escapeCell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
