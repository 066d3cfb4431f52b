// One PostgreSQL for all integration tests of a run. Each test file gets a migrated database of its own in it:
// see database.ts. The migrations are those of dist/, so `npm run build` comes first.
import { startPostgres, temporaryDirectory } from '../../tools/stack/servers.mjs';

export default async function setup() {
  const directory = temporaryDirectory('traylinx-int');
  const settings = { fsync: 'off', max_connections: 300 };
  globalThis.postgresOfTests = await startPostgres({ dir: directory, settings });
  process.env.TEST_POSTGRES_DIRECTORY = directory;
  process.env.TEST_POSTGRES_URL = globalThis.postgresOfTests.url;
}
