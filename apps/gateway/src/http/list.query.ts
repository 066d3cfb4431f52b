import { DEFAULT_PAGE_ITEMS, IsPageCursor, IsPageLimit, IsSearch } from '#contracts';
import { Transform } from 'class-transformer';
import { HoldsNoKey } from './holds-no-key.js';

/** `?limit&cursor` */
export class PageQuery {
  @Transform(({ value }: { value: unknown }) => toNumber(value))
  @IsPageLimit()
  limit = DEFAULT_PAGE_ITEMS;

  @IsPageCursor()
  @HoldsNoKey()
  cursor?: string;
}

/** `?limit&cursor&q` */
export class ListQuery extends PageQuery {
  @IsSearch()
  @HoldsNoKey()
  q?: string;
}

/** Digits only: `Number` would also take `0x10`, `1e1` and white space. */
function toNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
}
