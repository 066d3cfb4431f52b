import { DEFAULT_PAGE_ITEMS, IsPageCursor, IsPageLimit, IsSearch } from '#contracts';
import { Transform } from 'class-transformer';
import { HoldsNoKey } from './holds-no-key.js';

/** `limit` as it stands in a URL. */
export const IsLimitParameter = (): PropertyDecorator => (target, property) => {
  Transform(({ value }: { value: unknown }) => toNumber(value))(target, property);
  IsPageLimit()(target, property);
};

/** `cursor` as it stands in a URL. */
export const IsCursorParameter = (): PropertyDecorator => (target, property) => {
  IsPageCursor()(target, property);
  HoldsNoKey()(target, property);
};

/** `?limit&cursor` */
export class PageQuery {
  @IsLimitParameter()
  limit = DEFAULT_PAGE_ITEMS;

  @IsCursorParameter()
  cursor?: string;
}

/** `?limit&cursor&q` */
export class ListQuery extends PageQuery {
  @IsSearch()
  @HoldsNoKey()
  q?: string;
}

/** Digits only: `Number` would also take `0x10`, `1e1` and white space. */
export function toNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
}
