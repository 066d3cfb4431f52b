import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { decodeCursor, encodeCursor, type PagePosition } from './page-cursor.js';

interface Page<T> {
  rows: T[];
  /** `null` on the last page. */
  nextCursor: string | null;
}

interface PageOptions {
  limit: number;
  cursor?: string | undefined;
}

/**
 * Reads one page, newest first. It continues behind a position rather than after a number of rows, so rows that come
 * and go meanwhile neither repeat nor hide others, and page 1,000 costs what page 1 costs.
 */
export async function readPage<T extends ObjectLiteral & PagePosition>(
  query: SelectQueryBuilder<T>,
  { limit, cursor }: PageOptions,
): Promise<Page<T>> {
  const { alias } = query;
  if (cursor !== undefined) {
    const { createdAt, id } = decodeCursor(cursor);
    query.andWhere(`(${alias}.created_at, ${alias}.id) < (:createdAt, :id)`, { createdAt, id });
  }
  // One more than asked for tells whether there is a next page.
  const rows = await query
    .orderBy(`${alias}.createdAt`, 'DESC')
    .addOrderBy(`${alias}.id`, 'DESC')
    .limit(limit + 1)
    .getMany();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last) : null };
}

/** A pattern for ILIKE that matches the text itself, wherever it stands. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
