// The process that runs the stack, from the first check to the last process stopped.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stackDirectory } from './paths.mjs';
import { startPlatform } from './platform.mjs';
import { rememberedPorts } from './ports.mjs';
import { preferredPort } from './preferred-ports.mjs';
import { prepare } from './prepare.mjs';
import { stopLeftovers } from './process-records.mjs';
import { releaseState, writeState } from './state.mjs';
import { Progress } from './terminal.mjs';

const restartPauseMs = 2_000;

/** @typedef {import('./platform.mjs').Platform} Platform */

/**
 * Runs the stack until this process is asked to stop. The state must be claimed.
 *
 * @param {object} options
 * @param {import('./options.mjs').Replicas} options.replicas
 * @param {string} [options.host]
 * @param {(summary: import('./state.mjs').Summary, logFiles: string[]) => () => void} options.onRunning answers with
 *   what is to be called at the end
 */
export async function supervise({ replicas, host, onRunning }) {
  const progress = new Progress();
  const signal = stopSignal();
  const onProgress = (/** @type {string} */ message) => {
    progress.step(message);
    writeState({ progress: message });
  };
  try {
    const platform = await start({ replicas, host, onProgress, signal });
    if (!platform) return;
    const summary = summarize(platform);
    writeState({ progress: 'running', summary });
    progress.done();
    const logFiles = platform.services.map(({ logFile }) => logFile);
    const onEnd = onRunning(summary, logFiles);
    keepRunning(platform, signal);
    await untilAborted(signal);
    writeState({ progress: 'stopping' });
    // No progress line: the last log lines of the services come now.
    console.log('Stopping …');
    await platform.stop();
    onEnd();
  } finally {
    progress.done();
    releaseState();
  }
}

/**
 * @param {object} options
 * @param {import('./options.mjs').Replicas} options.replicas
 * @param {string} [options.host]
 * @param {(message: string) => void} options.onProgress
 * @param {AbortSignal} options.signal
 * @returns {Promise<Platform | undefined>} undefined when it was given up because somebody asked for that
 */
async function start({ replicas, host, onProgress, signal }) {
  try {
    return await prepareAndStart({ replicas, host, onProgress, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** @param {Parameters<typeof start>[0]} options */
async function prepareAndStart({ replicas, host, onProgress, signal }) {
  const leftovers = await stopLeftovers(stackDirectory);
  if (leftovers.length > 0) console.log(`Stopped what an earlier stack left behind: ${leftovers.join(', ')}`);
  await prepare({ onProgress, signal });
  return startPlatform({
    dir: stackDirectory,
    replicas,
    ...(host === undefined ? {} : { host }),
    baseEnv: shellEnvironment(),
    existing: {
      databaseUrl: process.env['DATABASE_URL'],
      redisUrl: process.env['REDIS_URL'],
      sessionRedisUrl: process.env['SESSION_REDIS_URL'],
      natsUrl: process.env['NATS_URL'],
    },
    choosePort: rememberedPorts(join(stackDirectory, 'ports.json'), preferredPort),
    onProgress,
    signal,
  });
}

/** Starts again what ends by itself, and says so. @param {Platform} platform @param {AbortSignal} signal */
function keepRunning({ services, servers }, signal) {
  const isStopping = () => signal.aborted;
  for (const each of [...services, ...Object.values(servers)]) {
    const restart = async (/** @type {Error} */ failure) => {
      if (isStopping()) return;
      console.error(`${failure.message}\nIt is started again.`);
      await delay(restartPauseMs);
      if (!isStopping()) await each.start().catch(restart);
    };
    each.onFailure((failure) => void restart(failure));
  }
}

/** @param {Platform} platform @returns {import('./state.mjs').Summary} */
function summarize({ services, ...platform }) {
  const { gatewayUrl, urlForOthers, adminToken, databaseUrl, redisUrl, sessionRedisUrl, natsUrl } = platform;
  const list = services.map(({ name, replica, pid, port, operationsUrl }) => {
    return { name, replica, pid, port, operationsUrl };
  });
  const summary = { gatewayUrl, adminToken, databaseUrl, redisUrl, sessionRedisUrl, natsUrl, services: list };
  return urlForOthers === undefined ? summary : { ...summary, urlForOthers };
}

// So that `LOG_LEVEL=debug npm start` does what it says. What npm adds for itself is none of the services' business.
function shellEnvironment() {
  const entries = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$)/i.test(name));
  return /** @type {Record<string, string>} */ (Object.fromEntries(entries));
}

/** Aborted by Ctrl+C, `kill`, the end of the terminal, or of whoever reads our output. */
export function stopSignal() {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, abort);
  process.stdout.on('error', abort);
  process.stderr.on('error', abort);
  return controller.signal;
}

/** @param {AbortSignal} signal @returns {Promise<void>} */
export function untilAborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}
