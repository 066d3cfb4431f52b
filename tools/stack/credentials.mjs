// The secrets of one stack: generated once, kept in a file only its owner can read.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const names = /** @type {const} */ ([
  'adminToken',
  'databaseOwnerPassword',
  'databaseKeyManagementPassword',
  'databaseVerificationPassword',
  'databaseUsageTrackingPassword',
  'redisAdminPassword',
  'redisKeyManagementPassword',
  'redisVerificationPassword',
  'sessionRedisAdminPassword',
  'sessionRedisGatewayPassword',
  'natsGatewayPassword',
  'natsKeyManagementPassword',
  'natsVerificationPassword',
  'natsUsageTrackingPassword',
  'natsObserverPassword',
]);

/** @typedef {Record<typeof names[number], string>} Credentials */

/** @param {string} directory the stack's folder @returns {Credentials} */
export function loadCredentials(directory) {
  const file = join(directory, 'credentials.json');
  const kept = readKept(file);
  const missing = names.filter((name) => !kept[name]);
  const generated = Object.fromEntries(missing.map((name) => [name, generateSecret()]));
  const credentials = /** @type {Credentials} */ ({ ...kept, ...generated });
  if (missing.length > 0) {
    mkdirSync(directory, { recursive: true });
    // `mode` has an effect on new files only.
    rmSync(file, { force: true });
    writeFileSync(file, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  }
  return credentials;
}

/** @param {string} file @returns {Partial<Credentials>} */
function readKept(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return {};
    throw new Error(`${file} cannot be read; repair it or delete it`, { cause: error });
  }
}

// A letter comes first because nats-server reads the value of a variable like a value in its configuration file,
// where what begins with a digit is a number.
function generateSecret() {
  return `s${randomBytes(24).toString('hex')}`;
}
