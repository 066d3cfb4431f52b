import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from 'pg';
import { loadCredentials } from '../../tools/stack/servers.mjs';

export interface TestDatabase {
  /** As the owner of everything. */
  ownerUrl: string;
  /** As the role of one service. */
  keyManagementUrl: string;
  verificationUrl: string;
  usageTrackingUrl: string;
}

/** A new, migrated database in the PostgreSQL that `postgres.global-setup.mjs` has started. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { serverUrl, directory } = testServer();
  const credentials = loadCredentials(directory);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asOwner(serverUrl, (client) => client.query(`CREATE DATABASE ${name}`));
  const urlFor = (user: string, password: string): string => {
    const url = new URL(serverUrl);
    url.pathname = name;
    url.username = user;
    url.password = password;
    return url.href;
  };
  const { username, password } = new URL(serverUrl);
  const ownerUrl = urlFor(username, password);
  await migrateAgain(ownerUrl);
  return {
    ownerUrl,
    keyManagementUrl: urlFor('traylinx_key_management', credentials.databaseKeyManagementPassword),
    verificationUrl: urlFor('traylinx_verification', credentials.databaseVerificationPassword),
    usageTrackingUrl: urlFor('traylinx_usage_tracking', credentials.databaseUsageTrackingPassword),
  };
}

/** As an upgrade does it, of a database from {@link createTestDatabase}. */
export async function migrateAgain(ownerUrl: string): Promise<void> {
  const credentials = loadCredentials(testServer().directory);
  await migrate({
    DATABASE_URL: ownerUrl,
    KEY_MANAGEMENT_DATABASE_PASSWORD: credentials.databaseKeyManagementPassword,
    VERIFICATION_DATABASE_PASSWORD: credentials.databaseVerificationPassword,
    USAGE_TRACKING_DATABASE_PASSWORD: credentials.databaseUsageTrackingPassword,
  });
}

/** Runs statements on a connection of its own. */
export async function asOwner<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** As `npm run migrate` does it. @throws Error with what it said, when it failed */
export async function migrate(env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, ['tools/migrate.mjs'], { env: { ...process.env, ...env } });
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`migrate ended with ${String(code)}: ${said}`);
  return said;
}

function testServer(): { serverUrl: string; directory: string } {
  const { TEST_POSTGRES_URL: serverUrl, TEST_POSTGRES_DIRECTORY: directory } = process.env;
  if (serverUrl === undefined || directory === undefined) {
    throw new Error('no PostgreSQL for tests: only *.int-spec.ts files have one');
  }
  return { serverUrl, directory };
}
