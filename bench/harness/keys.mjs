// What scenarios need besides load: keys, and what became of their uses.
import pg from 'pg';
import { until } from '../../tools/stack/wait.mjs';

const countedWithinMs = 30_000;

/** @typedef {import('../scenarios/index.mjs').Platform} Platform */

/** @param {Platform} platform @returns {Promise<{ id: string, key: string }>} in a project of its own */
export async function createKey(platform) {
  const project = await post(platform, '/v1/projects', { name: 'Benchmark' });
  return post(platform, `/v1/projects/${project.id}/api-keys`, { note: 'hot' });
}

/**
 * Waits until a key has as many uses as requests were answered. It may have a few more: those that were under way when
 * a measurement ended.
 *
 * @param {Platform} platform
 * @param {string} keyId
 * @param {{ answered: number, mostUnderWay: number }} requests
 */
export async function waitForUses({ databaseUrl }, keyId, { answered, mostUnderWay }) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const text =
      'SELECT coalesce(sum(uses), 0)::int AS uses FROM usage_tracking.daily_uses WHERE key_id = $1';
    let uses = 0;
    const areCounted = async () => {
      uses = (await client.query(text, [keyId])).rows[0].uses;
      return uses >= answered;
    };
    await until(`${answered} uses to be counted`, areCounted, { timeoutMs: countedWithinMs });
    if (uses > answered + mostUnderWay) throw new Error(`${answered} requests were counted as ${uses} uses`);
  } finally {
    await client.end();
  }
}

/** @param {Platform} platform @param {string} path @param {object} body @returns {Promise<any>} what was created */
async function post({ gatewayUrl, adminToken }, path, body) {
  const response = await fetch(gatewayUrl + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${path} was answered ${response.status}: ${await response.text()}`);
  return response.json();
}
