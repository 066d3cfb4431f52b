import { rmSync } from 'node:fs';

export default async function teardown() {
  await globalThis.postgresOfTests.stop();
  rmSync(process.env.TEST_POSTGRES_DIRECTORY, { recursive: true, force: true });
}
