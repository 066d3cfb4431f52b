// A project as full as it may be, for what is to work there as well as in a small one.

/**
 * A third of them expires, half was used, one in a hundred is called "needle".
 *
 * @param {import('pg').Client} sql with the rights of the owner
 * @param {string} projectId        of an existing project
 * @param {number} count            of keys
 */
export async function fillWithKeys(sql, projectId, count) {
  await sql.query(
    `WITH made AS (
       INSERT INTO key_management.api_keys
         (id, project_id, key_hash, key_start, note, state, created_at, created_by, expires_at)
       SELECT gen_random_uuid(), $1, sha256(gen_random_uuid()::text::bytea),
         'tlx_' || substr(md5(n::text), 1, 4),
         CASE WHEN n % 100 = 0 THEN 'needle ' || n ELSE 'Consumer ' || n END,
         'active', now() - n * interval '10 minutes', 'admin-token',
         CASE WHEN n % 3 = 0 THEN now() + n * interval '1 hour' END
       FROM generate_series(1, $2::int) AS n RETURNING id, created_at)
     INSERT INTO usage_tracking.key_usage (key_id, first_used_at, last_used_at)
     SELECT id, created_at, created_at + random() * (now() - created_at) FROM made WHERE random() < 0.5`,
    [projectId, count],
  );
  await sql.query('ANALYZE key_management.api_keys, usage_tracking.key_usage');
}
