// The stores, each on 127.0.0.1: for the one-command stack, tests and benchmarks.
export { loadCredentials } from './credentials.mjs';
export { natsUrl, startNats } from './nats.mjs';
export { startPostgres } from './postgres.mjs';
export { redisUrl, startRedis, startSessionRedis } from './redis.mjs';
export { temporaryDirectory } from './temporary-directory.mjs';
