import type { MalformedEvent } from '#messaging';
import type { EntityManager } from 'typeorm';

const KEEP = `
  INSERT INTO usage_tracking.dead_letters (published_at, stream_sequence, subject, reason, payload)
  SELECT * FROM unnest($1::timestamptz[], $2::bigint[], $3::text[], $4::text[], $5::bytea[])
  ON CONFLICT DO NOTHING`;

/** Keeps what could not be read for people to look at: all of it in one statement, or a flood of it would hold up the uses behind. */
export async function keepDeadLetters(
  manager: EntityManager,
  malformed: readonly MalformedEvent[],
): Promise<void> {
  if (malformed.length === 0) return;
  await manager.query(KEEP, [
    malformed.map(({ publishedAt }) => publishedAt),
    malformed.map(({ streamSequence }) => streamSequence),
    malformed.map(({ subject }) => text(subject)),
    malformed.map(({ reason }) => text(reason)),
    malformed.map(({ payload }) => Buffer.from(payload)),
  ]);
}

/** PostgreSQL has no U+0000 in texts, and refusing one would hold up everything that comes after it. */
function text(anything: string): string {
  return anything.replaceAll('\0', '\uFFFD');
}
