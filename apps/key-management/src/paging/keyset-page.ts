import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { decodeCursor, encodeCursor, type ListIdentity } from './page-cursor.js';

interface Page<T> {
  rows: T[];
  /** `null` on the last page. */
  nextCursor: string | null;
}

interface PageOptions<T> {
  list: ListIdentity;
  /** When a row came into being; it never changes. */
  time: keyof T & string;
  limit: number;
  cursor?: string | undefined;
}

/**
 * Reads one page, newest first. It continues behind a position rather than after a number of rows, so rows that come
 * and go meanwhile neither repeat nor hide others, and page 1,000 costs what page 1 costs.
 */
export async function readPage<T extends ObjectLiteral & { id: string }>(
  query: SelectQueryBuilder<T>,
  { list, time, limit, cursor }: PageOptions<T>,
): Promise<Page<T>> {
  const { alias } = query;
  if (cursor !== undefined) {
    const { at, id } = decodeCursor(list, cursor);
    query.andWhere(`(${alias}.${time}, ${alias}.id) < (:at, :id)`, { at, id });
  }
  // One more than asked for tells whether there is a next page.
  const rows = await query
    .orderBy(`${alias}.${time}`, 'DESC')
    .addOrderBy(`${alias}.id`, 'DESC')
    .limit(limit + 1)
    .getMany();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  if (rows.length <= limit || last === undefined) return { rows: page, nextCursor: null };
  return { rows: page, nextCursor: encodeCursor(list, { at: last[time], id: last.id }) };
}

/** A pattern for ILIKE that matches the text itself, wherever it stands. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
