import type { MalformedEvent } from '#messaging';
import type { EntityManager } from 'typeorm';

const KEEP = `
  INSERT INTO usage_tracking.dead_letters (published_at, stream_sequence, subject, reason, payload)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT DO NOTHING`;

/** Keeps what could not be read for people to look at. One statement each: a payload may be as long as 1 MB. */
export async function keepDeadLetters(
  manager: EntityManager,
  malformed: readonly MalformedEvent[],
): Promise<void> {
  for (const { publishedAt, streamSequence, subject, reason, payload } of malformed) {
    await manager.query(KEEP, [
      publishedAt,
      streamSequence,
      text(subject),
      text(reason),
      Buffer.from(payload),
    ]);
  }
}

/** PostgreSQL has no U+0000 in texts, and refusing one would hold up everything that comes after it. */
function text(anything: string): string {
  return anything.replaceAll('\0', '\uFFFD');
}
