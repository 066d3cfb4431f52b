import { randomBytes } from 'node:crypto';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { RedisLink } from './redis-link.js';
import { FENCE, FILL, LOOKUP, RELEASE, run, type Script } from './scripts.js';

const RANDOM_BYTES_OF_A_TOKEN = 16;

const lookups = new Counter({
  name: 'key_cache_lookups_total',
  help: 'Key hashes looked up in Redis, by what was found.',
  labelNames: ['result'] as const,
});
const hits = lookups.labels({ result: 'hit' });
const misses = lookups.labels({ result: 'miss' });

const scriptSeconds = new Histogram({
  name: 'key_fence_script_seconds',
  help: 'Round trips to Redis that were answered, a batch each.',
  labelNames: ['script'] as const,
  buckets: [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25],
});

/** For one key hash: the record that is cached, or whether the token to fill its entry was granted. */
export type LookupAnswer = string | typeof GRANTED | typeof NOT_GRANTED;
export const GRANTED = 1;
export const NOT_GRANTED = 0;

export interface Lookup {
  /**
   * For `fill`, with what has been read from PostgreSQL *after* this lookup. Good for F and for one fill of
   * each hash.
   */
  readonly token: string;
  /** In the order of the key hashes. */
  readonly answers: readonly LookupAnswer[];
}

/** A record is text of the verifier's own making. */
export interface FillItem {
  readonly keyHash: string;
  readonly record: string;
}

export interface KeyFenceOptions {
  redisUrl: string;
  /** Shown by CLIENT LIST. */
  connectionName: string;
  /** Milliseconds that one call may take. */
  budgetMs: number;
  /** F */
  fillTokenLifetimeMs: number;
}

/**
 * Everything that may be done with Redis about keys, a batch at a time. Every method fails with
 * RedisUnavailableError when Redis has not answered within the budget, has answered with an error, or is
 * not being asked at the moment; then nothing may be concluded from it. Key hashes are SHA-256 in
 * base64url; a batch has at least one.
 */
export class KeyFence implements OnApplicationShutdown {
  private readonly link: RedisLink;

  constructor(private readonly options: KeyFenceOptions) {
    this.link = new RedisLink({
      url: options.redisUrl,
      connectionName: options.connectionName,
      budgetMs: options.budgetMs,
      // A look-up needs all that the others need as well: the script, INFO and the right to write.
      probe: async (redis) =>
        readLookup(await run(redis, LOOKUP, keysOf(['probe']), this.lookupArguments()), 1),
    });
  }

  /** Reads entries, and asks for the token to fill each one that is not there. */
  async lookup(keyHashes: readonly string[]): Promise<Lookup> {
    const lookup = await this.run(LOOKUP, keysOf(keyHashes), this.lookupArguments(), (reply) =>
      readLookup(reply, keyHashes.length),
    );
    let found = 0;
    for (const answer of lookup.answers) if (typeof answer === 'string') found += 1;
    hits.inc(found);
    misses.inc(keyHashes.length - found);
    return lookup;
  }

  /**
   * Stores records of `active` keys, each only if its token is still there: not after a fence, nor after F,
   * nor in another run of the server.
   *
   * @param entryLifetimeMs L, counted from when the token was granted
   * @returns how many were stored
   */
  async fill(items: readonly FillItem[], token: string, entryLifetimeMs: number): Promise<number> {
    const records = items.map(({ record }) => record);
    const keys = keysOf(items.map(({ keyHash }) => keyHash));
    return this.run(FILL, keys, [token, entryLifetimeMs, ...records], readInteger);
  }

  /**
   * Gives back the tokens of keys for which there is nothing to store.
   *
   * @returns how many were given back
   */
  async release(keyHashes: readonly string[], token: string): Promise<number> {
    return this.run(RELEASE, keyHashes.map(tokenKey), [token], readInteger);
  }

  /**
   * When this resolves, no entry that was filled with anything read before the call is or will ever be
   * served: entries and tokens are gone. To be called after `deleting` was committed or read, and before
   * anybody is told.
   *
   * When it fails, the entries may live on, for F + L at most.
   */
  async fence(keyHashes: readonly string[]): Promise<void> {
    await this.run(FENCE, keysOf(keyHashes), [], readInteger);
  }

  /**
   * Whether this server is the only one, without which a fence proves nothing. The fence asks it as well, each time; this
   * is for saying so before anybody deletes a key.
   */
  isOnlyServer(): Promise<boolean> {
    return this.link.call(async (redis) => isOnlyServer(await redis.info('replication')));
  }

  onApplicationShutdown(): void {
    this.link.close();
  }

  private lookupArguments(): [string, number] {
    return [randomBytes(RANDOM_BYTES_OF_A_TOKEN).toString('base64url'), this.options.fillTokenLifetimeMs];
  }

  private async run<T>(
    script: Script,
    keys: readonly string[],
    args: readonly (string | number)[],
    read: (reply: unknown) => T,
  ): Promise<T> {
    const startedAtMs = performance.now();
    const reply = await this.link.call(async (redis) => read(await run(redis, script, keys, args)));
    scriptSeconds.observe({ script: script.name }, (performance.now() - startedAtMs) / 1_000);
    return reply;
  }
}

function keysOf(keyHashes: readonly string[]): string[] {
  return [...keyHashes.map((hash) => `tlx:e:${hash}`), ...keyHashes.map(tokenKey)];
}

function tokenKey(keyHash: string): string {
  return `tlx:t:${keyHash}`;
}

function readLookup(reply: unknown, length: number): Lookup {
  if (!Array.isArray(reply) || reply.length !== length + 1 || typeof reply[0] !== 'string') {
    throw new TypeError('the reply is not that of a look-up');
  }
  const [token, ...answers] = reply as [string, ...LookupAnswer[]];
  return { token, answers };
}

function isOnlyServer(replication: string): boolean {
  return replication.includes('role:master\r\n') && replication.includes('connected_slaves:0\r\n');
}

/** Nothing but an integer is a reply: `OK`, nil or text would come from something that is not our script. */
function readInteger(reply: unknown): number {
  if (typeof reply !== 'number') throw new TypeError('the reply is not an integer');
  return reply;
}
