import { parseUsageBatchId, type UsageBatch } from '#contracts';
import type { EntityManager } from 'typeorm';

/** Locks the publishers until the transaction ends, in one order for everybody: consumers wait, and never for each other. */
const SEE_PUBLISHERS = `
  INSERT INTO usage_tracking.publishers (publisher_id, last_seen_at)
  SELECT DISTINCT publisher_id, now() FROM unnest($1::uuid[]) AS seen (publisher_id) ORDER BY publisher_id
  ON CONFLICT (publisher_id) DO UPDATE SET last_seen_at = excluded.last_seen_at`;

/** A statement of its own, because it has to see what the transaction has done that held the locks before. */
const FIND_NEW = `
  SELECT batch.position::integer
  FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS batch (publisher_id, number, position)
  JOIN usage_tracking.publishers AS publisher USING (publisher_id)
  WHERE NOT publisher.applied_batches @> batch.number`;

/** `complete_before` follows the batches without a gap: what is after a gap says nothing about what is in it. */
const MARK_APPLIED = `
  WITH new AS (
    SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::boolean[])
      AS batch (publisher_id, number, complete_before, final)
  ), added AS (
    SELECT publisher_id,
      range_agg(int8range(number, number, '[]')) AS numbers,
      max(number) FILTER (WHERE final) AS final_batch
    FROM new GROUP BY publisher_id
  )
  UPDATE usage_tracking.publishers AS publisher SET
    applied_batches = publisher.applied_batches + added.numbers,
    final_batch = COALESCE(publisher.final_batch, added.final_batch),
    complete_before = GREATEST(publisher.complete_before, (
      SELECT max(LEAST(new.complete_before, now())) FROM new
      WHERE new.publisher_id = publisher.publisher_id
        AND publisher.applied_batches + added.numbers @> int8range(1, new.number, '[]')
    ))
  FROM added WHERE added.publisher_id = publisher.publisher_id`;

/**
 * Finds the batches that are not in the counts yet, and marks them as being in there: whoever calls this adds them in
 * the same transaction. It makes no difference how often a batch comes, how late, or to how many consumers at once.
 */
export async function claimBatches<B extends UsageBatch>(
  manager: EntityManager,
  received: readonly B[],
): Promise<B[]> {
  const batches = [...new Map(received.map((batch) => [batch.eventId, batch])).values()];
  if (batches.length === 0) return [];
  const [publishers, numbers] = columnsOf(batches);
  await manager.query(SEE_PUBLISHERS, [publishers]);
  const found: { position: number }[] = await manager.query(FIND_NEW, [publishers, numbers]);
  const positions = new Set(found.map(({ position }) => position));
  const claimed = batches.filter((_, index) => positions.has(index + 1));
  await manager.query(MARK_APPLIED, [
    ...columnsOf(claimed),
    claimed.map(({ completeBefore }) => completeBefore),
    claimed.map(({ final }) => final),
  ]);
  return claimed;
}

function columnsOf(batches: readonly UsageBatch[]): [publishers: string[], numbers: number[]] {
  const ids = batches.map(({ eventId }) => parseUsageBatchId(eventId));
  return [ids.map(({ publisherId }) => publisherId), ids.map(({ batchNumber }) => batchNumber)];
}
