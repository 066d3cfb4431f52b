import { DomainError } from '#contracts';
import { createHash } from 'node:crypto';

/** Where a page has ended: behind the row with this value in the column that is sorted by, and this id. */
export interface PagePosition {
  /** `null` for a row without a value; such rows come last. */
  at: Date | null;
  id: string;
}

/** All that decides which rows a list has and in which order: its name, its sort, its filters. */
export type ListIdentity = readonly unknown[];

const FINGERPRINT_CHARACTERS = 8;
const FORM = /^([\w-]{8})\.(\d{1,15})?\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Opaque to callers, so that its content may change. */
export function encodeCursor(list: ListIdentity, { at, id }: PagePosition): string {
  const time = at === null ? '' : String(at.getTime());
  return Buffer.from(`${fingerprint(list)}.${time}.${id}`).toString('base64url');
}

/** @throws DomainError INVALID_REQUEST when it is not a cursor that we have given out for this list. */
export function decodeCursor(list: ListIdentity, cursor: string): PagePosition {
  const [, of, milliseconds, id] = FORM.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const at = milliseconds === undefined ? null : new Date(Number(milliseconds));
  if (of === undefined || id === undefined || Number.isNaN(at?.getTime())) {
    throw refusal('cursor must be the nextCursor of a page');
  }
  if (of !== fingerprint(list)) {
    throw refusal('cursor belongs to a page with another sort or other filters: begin again without it');
  }
  return { at, id };
}

/** Not a secret: it tells a mistake from a page, and nothing that a cursor can hold shows what its sender may not see. */
function fingerprint(list: ListIdentity): string {
  const digest = createHash('sha256').update(JSON.stringify(list)).digest('base64url');
  return digest.slice(0, FINGERPRINT_CHARACTERS);
}

function refusal(message: string): DomainError {
  return new DomainError('INVALID_REQUEST', 'The cursor is not one of this list.', [
    { pointer: '/cursor', message },
  ]);
}
