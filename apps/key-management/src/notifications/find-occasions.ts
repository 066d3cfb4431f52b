import type { EntityManager } from 'typeorm';

/** Days before its expiry at which a key is told of. */
const WARNING_DAYS = [14, 7, 1] as const;

const text = (time: string): string => `to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Who the key is: never the key, never its hash. */
const KEY = `'projectId', project.id, 'projectName', project.name, 'keyId', key.id, 'keyStart', key.key_start, 'note', key.note`;

/**
 * Only the most urgent warning that is due: whoever was not told in time is not told three times now. And none that was due
 * before the key was made: whoever made it knows.
 */
const FIND_EXPIRING = `
  INSERT INTO key_management.notifications (id, type, key_id, days_left, data)
  SELECT gen_random_uuid(), 'api-key.expiring', key.id, warning.days,
    jsonb_build_object(${KEY}, 'expiresAt', ${text('key.expires_at')}, 'daysLeft', warning.days)
  FROM key_management.api_keys AS key
  JOIN key_management.projects AS project ON project.id = key.project_id
  CROSS JOIN LATERAL (
    SELECT min(days) AS days FROM unnest($1::integer[]) AS days
    WHERE key.expires_at - make_interval(hours => 24 * days) BETWEEN key.created_at AND now()
  ) AS warning
  WHERE key.state = 'active' AND warning.days IS NOT NULL
    AND key.expires_at > now() AND key.expires_at <= now() + make_interval(hours => 24 * $2::integer)
  ON CONFLICT DO NOTHING`;

/** Within a day, so that a webhook that is set up today is not told of what is over. */
const FIND_USED_AFTER_DELETE = `
  INSERT INTO key_management.notifications (id, type, key_id, days_left, data)
  SELECT gen_random_uuid(), 'api-key.used-after-delete', key.id, 0,
    jsonb_build_object(${KEY}, 'deletedAt', ${text('key.deleted_at')}, 'deletedBy', key.deleted_by,
      'rejectedUses', refused.refusals, 'firstRejectedAt', ${text('refused.first_refused_at')},
      'lastRejectedAt', ${text('refused.last_refused_at')})
  FROM usage_tracking.api_key_refusals AS refused
  JOIN key_management.api_keys AS key ON key.id = refused.key_id
  JOIN key_management.projects AS project ON project.id = key.project_id
  WHERE refused.reason = 'deleted' AND refused.last_refused_at > now() - interval '24 hours' AND key.state = 'deleted'
  ON CONFLICT DO NOTHING`;

/** Writes down what has to be told and is not written down yet: once, whichever replica finds it, and however often. */
export async function findOccasions(manager: EntityManager): Promise<void> {
  await manager.query(FIND_EXPIRING, [WARNING_DAYS, Math.max(...WARNING_DAYS)]);
  await manager.query(FIND_USED_AFTER_DELETE);
}
