/** @typedef {import('pg').Client} Client */

/**
 * @typedef {object} Revocation
 * @property {string} keyHash   base64url; it gives nobody access
 * @property {string} keyId
 * @property {string} deletedBy
 */

const ACTOR = 'revocations-replay';

/** Those that are still being deleted included: they have been promised. @param {Client} client @returns {Promise<Revocation[]>} */
export async function exportRevocations(client) {
  const { rows } = await client.query(`
    SELECT key_hash, id, deleted_by FROM key_management.api_keys WHERE state <> 'active' ORDER BY id`);
  return rows.map(({ key_hash, id, deleted_by }) => ({
    keyHash: key_hash.toString('base64url'),
    keyId: id,
    deletedBy: deleted_by,
  }));
}

/**
 * Only the first step of a deletion. The rest of it, fence first, is done by the sweeper of key-management as for any other
 * deletion that was interrupted; a verifier refuses the key from now on.
 *
 * @param {Client} client
 * @param {readonly Revocation[]} revocations
 */
export async function replayRevocations(client, revocations) {
  const hashes = revocations.map(({ keyHash }) => Buffer.from(keyHash, 'base64url'));
  const deletedBy = revocations.map((revocation) => revocation.deletedBy);
  const known = await client.query('SELECT state FROM key_management.api_keys WHERE key_hash = ANY($1)', [
    hashes,
  ]);
  const { rowCount } = await client.query(
    `WITH marked AS (
       UPDATE key_management.api_keys AS key SET state = 'deleting', deleted_by = revoked.deleted_by
       FROM unnest($1::bytea[], $2::text[]) AS revoked (key_hash, deleted_by)
       WHERE key.key_hash = revoked.key_hash AND key.state = 'active'
       RETURNING key.id, key.project_id
     )
     INSERT INTO key_management.audit_events (id, occurred_at, actor, action, project_id, target_id)
     SELECT gen_random_uuid(), now(), $3, 'api-key.deleted', project_id, id FROM marked`,
    [hashes, deletedBy, ACTOR],
  );
  const deleting = rowCount ?? 0;
  const existing = known.rows.length;
  return { deleting, deletedBefore: existing - deleting, unknown: revocations.length - existing };
}
