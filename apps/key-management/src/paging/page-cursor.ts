import { DomainError } from '#contracts';

/** Where a page has ended, in an order that does not move: by creation, then by id. */
export interface PagePosition {
  createdAt: Date;
  id: string;
}

const FORM = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Opaque to callers, so that its content may change. */
export function encodeCursor({ createdAt, id }: PagePosition): string {
  return Buffer.from(`${String(createdAt.getTime())}.${id}`).toString('base64url');
}

/** @throws DomainError INVALID_REQUEST when it is not a cursor that we have given out. */
export function decodeCursor(cursor: string): PagePosition {
  const [, milliseconds, id] = FORM.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (milliseconds === undefined || id === undefined) {
    throw new DomainError('INVALID_REQUEST', 'The cursor is not one of ours.', [
      { pointer: '/cursor', message: 'cursor must be the nextCursor of a page' },
    ]);
  }
  return { createdAt: new Date(Number(milliseconds)), id };
}
