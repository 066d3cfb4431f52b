import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDirectory } from '../stack/paths.mjs';
import { prepare } from '../stack/prepare.mjs';
import { Progress } from '../stack/terminal.mjs';
import { findMissingPrograms } from './missing-programs.mjs';
import { makeRunDirectory, removeRunDirectory, sweepDeadRuns } from '../stack/temporary-directory.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Figures */

/** @param {string[]} jestArguments */
export async function runTests(jestArguments) {
  // Ctrl+C reaches Jest as well, which then ends; we stay to clean up after it.
  process.on('SIGINT', () => undefined);
  const { passed, failed, skipped } = await prepareAndRun(jestArguments).catch(nothingCouldRun);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** @param {string[]} jestArguments @returns {Promise<Figures>} */
async function prepareAndRun(jestArguments) {
  const progress = new Progress();
  const onProgress = (/** @type {string} */ message) => progress.step(message);
  await prepare({ onProgress });
  const missing = await findMissingPrograms(onProgress);
  progress.done();
  await sweepDeadRuns();
  const figures = await runJest(jestArguments);
  for (const { message } of missing) console.error(`Not everything was tested. ${message}`);
  // Where nobody reads that, a test that could not run must not look like one that passed.
  const failedPrograms = process.env['CI'] ? missing.length : 0;
  return { ...figures, failed: figures.failed + failedPrograms };
}

/** @param {unknown} error @returns {Figures} */
function nothingCouldRun(error) {
  console.error(error instanceof Error ? error.message : error);
  return { passed: 0, failed: 1, skipped: 0 };
}

/** @param {string[]} jestArguments @returns {Promise<Figures>} */
async function runJest(jestArguments) {
  const directory = makeRunDirectory();
  const resultFile = join(directory, 'jest.json');
  try {
    const jest = join(repositoryDirectory, 'node_modules', 'jest', 'bin', 'jest.js');
    const nodeArguments = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest];
    const args = [...nodeArguments, '--json', `--outputFile=${resultFile}`, ...jestArguments];
    const env = { ...process.env, TRAYLINX_TEST_DIRECTORY: directory };
    const child = spawn(process.execPath, args, { cwd: repositoryDirectory, env, stdio: 'inherit' });
    const [code] = await once(child, 'exit');
    return countResults(resultFile, code === 0);
  } finally {
    await removeRunDirectory(directory);
  }
}

/** @param {string} resultFile @param {boolean} isSuccess @returns {Figures} */
function countResults(resultFile, isSuccess) {
  const results = readResults(resultFile);
  // A file that could not be run at all has no failed test, and is a failure nevertheless.
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    passed: results.numPassedTests,
    failed: failed === 0 && !isSuccess ? 1 : failed,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

/** @param {string} file @returns {Record<'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numTodoTests' | 'numRuntimeErrorTestSuites', number>} */
function readResults(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Jest did not get as far as writing it, and has said why.
    return {
      numPassedTests: 0,
      numFailedTests: 0,
      numPendingTests: 0,
      numTodoTests: 0,
      numRuntimeErrorTestSuites: 1,
    };
  }
}
