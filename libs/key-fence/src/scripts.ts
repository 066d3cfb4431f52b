import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/**
 * The Redis side of the protocol in `docs/guarantees.md`. Two keys belong to a key hash: `tlx:e:<hash>`
 * holds the entry `<run_id><record>` and `tlx:t:<hash>` the fill token `<run_id>:<grantedAtMs>:<r>`. A
 * script takes all entry keys first, then all token keys in the same order.
 *
 * Each script asks the very server that runs it for its run id. So nothing depends on which connection is
 * used, and content that a restarted server brings back from its disk is of another run and counts for
 * nothing.
 *
 * An entry lives until L after its token was granted, as a point in time and not as a duration from now: a
 * server that is paused half-way through a fill would otherwise, when it goes on, make an entry that
 * outlives the wait of a deletion.
 */
export interface Script {
  readonly name: string;
  readonly lua: string;
  readonly sha1: string;
}

/** A run id that cannot be had is an error: as an empty string it would make entries of all runs equal. */
const RUN_ID = `
local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
if not run_id or #run_id ~= 40 then
  return redis.error_reply('NORUNID the server does not tell its run id')
end
local n = #KEYS / 2
`;

/**
 * ARGV: r, F in milliseconds. Answers the token, then for each key hash either the record of an entry of
 * this run, or 1 when the token has been granted, or 0 when somebody else holds one.
 */
export const LOOKUP = script(
  'lookup',
  `${RUN_ID}
local now = redis.call('TIME')
local token = string.format('%s:%d:%s', run_id, now[1] * 1000 + math.floor(now[2] / 1000), ARGV[1])
local entries = redis.call('MGET', unpack(KEYS, 1, n))
local answers = { token }
for i = 1, n do
  local entry = entries[i]
  if entry and string.sub(entry, 1, 40) == run_id then
    answers[i + 1] = string.sub(entry, 41)
  elseif redis.call('SET', KEYS[n + i], token, 'NX', 'PX', ARGV[2]) then
    answers[i + 1] = 1
  else
    answers[i + 1] = 0
  end
end
return answers
`,
);

/**
 * ARGV: token, L in milliseconds, one record for each key hash. A record is stored only where the token is
 * still there (no fence since the lookup) and of this run. Answers how many were stored.
 */
export const FILL = script(
  'fill',
  `${RUN_ID}
local token = ARGV[1]
local granted_at = string.match(token, '^' .. run_id .. ':(%d+):')
if not granted_at then
  return 0
end
local expires_at = string.format('%d', granted_at + ARGV[2])
local tokens = redis.call('MGET', unpack(KEYS, n + 1))
local stored = 0
for i = 1, n do
  if tokens[i] == token then
    redis.call('DEL', KEYS[n + i])
    redis.call('SET', KEYS[i], run_id .. ARGV[i + 2], 'PX', ARGV[2])
    redis.call('PEXPIREAT', KEYS[i], expires_at)
    stored = stored + 1
  end
end
return stored
`,
);

/**
 * ARGV: token. Gives back what has been granted and is not needed, as there is nothing to store: else a flood of keys that do
 * not exist would leave a token behind for each of them for F. Nothing depends on it: a token is permission to fill, and its
 * absence only refuses one. Answers how many were given back.
 */
export const RELEASE = script(
  'release',
  `
local held = redis.call('MGET', unpack(KEYS))
local released = 0
for i = 1, #KEYS do
  if held[i] == ARGV[1] then
    released = released + redis.call('DEL', KEYS[i])
  end
end
return released
`,
);

/**
 * Removes entries and tokens, and answers how many there were: 0 is as good as any other number. It needs
 * no run id: what is not removed here because it is of another run is not honoured either.
 *
 * A server with replicas gets an error, and with it nobody may conclude anything: after a failover a
 * verifier could still be talking to the old primary, which this fence has not reached.
 */
export const FENCE = script(
  'fence',
  `
local removed = redis.call('DEL', unpack(KEYS))
local replication = redis.call('INFO', 'replication')
if not string.find(replication, 'role:master\\r\\n', 1, true)
  or not string.find(replication, 'connected_slaves:0\\r\\n', 1, true) then
  return redis.error_reply('REPLICATED a fence holds on a single server only: set REVOCATION_FENCE=wait')
end
return removed
`,
);

/** Runs the script by its digest, and by its text on a server that has not seen it in this run. */
export async function run(
  redis: Redis,
  { lua, sha1 }: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  const rest = [keys.length, ...keys, ...args];
  try {
    return await redis.call('EVALSHA', [sha1, ...rest]);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return await redis.call('EVAL', [lua, ...rest]);
  }
}

function script(name: string, lua: string): Script {
  return { name, lua, sha1: createHash('sha1').update(lua).digest('hex') };
}
