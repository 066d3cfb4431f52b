// Brings the database to what this version of the services needs. One job, run before the services are started or
// replaced: roles, schemas, tables, views, grants. Safe to run twice, and by two at once. Needs `npm run build` first.
//
//   DATABASE_URL                      an owner that may create roles and schemas
//   KEY_MANAGEMENT_DATABASE_PASSWORD  \
//   VERIFICATION_DATABASE_PASSWORD     } set for the roles of the services, which own nothing
//   USAGE_TRACKING_DATABASE_PASSWORD  /
import pg from 'pg';

/** Any number that nobody else locks: it spells "tlx". */
const LOCK = 0x746c78;
/** How long another migration may take before this one gives up. */
const LOCK_TIMEOUT = '10min';

const ROLES = {
  traylinx_key_management: 'KEY_MANAGEMENT_DATABASE_PASSWORD',
  traylinx_verification: 'VERIFICATION_DATABASE_PASSWORD',
  traylinx_usage_tracking: 'USAGE_TRACKING_DATABASE_PASSWORD',
};

/** In this order: usage-tracking publishes to a role, and reads a view, of key-management. */
const SERVICES = [
  { schema: 'key_management', dataSource: '../dist/apps/key-management/src/data-source.js' },
  { schema: 'usage_tracking', dataSource: '../dist/apps/usage-tracking/src/data-source.js' },
];

const missing = ['DATABASE_URL', ...Object.values(ROLES)].filter((name) => !process.env[name]);
if (missing.length > 0) {
  console.error(`migrate needs these environment variables: ${missing.join(', ')}`);
  process.exit(1);
}

try {
  await migrate();
} catch (error) {
  console.error(`migrate failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function migrate() {
  const client = new pg.Client({
    connectionString: process.env['DATABASE_URL'],
    application_name: 'migrate',
  });
  await client.connect();
  try {
    await client.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await createRoles(client);
    for (const { schema } of SERVICES) await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    for (const service of SERVICES) await runMigrations(service);
  } finally {
    // The lock goes with the connection.
    await client.end();
  }
}

/** @param {pg.Client} client */
async function createRoles(client) {
  for (const [role, variable] of Object.entries(ROLES)) {
    const known = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
    // Neither a role nor its password can be a parameter of a statement.
    const password = client.escapeLiteral(String(process.env[variable]));
    await client.query(
      `${known.rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} LOGIN PASSWORD ${password}`,
    );
  }
}

/** @param {{ schema: string, dataSource: string }} service */
async function runMigrations({ schema, dataSource: file }) {
  /** @type {{ dataSource: import('typeorm').DataSource }} */
  const { dataSource } = await import(file);
  await dataSource.initialize();
  try {
    const done = await dataSource.runMigrations();
    const names = done.map(({ name }) => name).join(', ');
    console.log(`${schema}: ${done.length === 0 ? 'up to date' : `applied ${names}`}`);
  } finally {
    await dataSource.destroy();
  }
}
