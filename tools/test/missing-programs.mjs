import { resolvePostgresPrograms } from '../stack/postgres-programs.mjs';
import { MissingProgramError, resolveProgram } from '../stack/programs.mjs';

// What the tests run. Whoever writes a test that needs another program adds it here.
const programsOfTests = [
  'redis-server',
  'nats-server',
  'chromium',
  'nginx',
  'haproxy',
  'caddy',
  'python3',
  'openssl',
];

/**
 * @param {(message: string) => void} onProgress
 * @returns {Promise<MissingProgramError[]>} of those that cannot be had here; the others are ready now
 */
export async function findMissingPrograms(onProgress) {
  const attempts = programsOfTests.map((name) => attempt(() => resolveProgram(name, { onProgress })));
  const errors = await Promise.all([attempt(resolvePostgresPrograms), ...attempts]);
  return errors.filter((error) => error !== undefined);
}

/** @param {() => unknown} resolve @returns {Promise<MissingProgramError | undefined>} */
async function attempt(resolve) {
  try {
    await resolve();
    return undefined;
  } catch (error) {
    if (error instanceof MissingProgramError) return error;
    throw error;
  }
}
