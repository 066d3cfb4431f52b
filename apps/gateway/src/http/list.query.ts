import { DEFAULT_PAGE_ITEMS, IsPageCursor, IsPageLimit, IsSearch } from '#contracts';
import { Type } from 'class-transformer';
import { HoldsNoKey } from './holds-no-key.js';

/** `?limit&cursor&q` */
export class ListQuery {
  @Type(() => Number)
  @IsPageLimit()
  limit = DEFAULT_PAGE_ITEMS;

  @IsPageCursor()
  @HoldsNoKey()
  cursor?: string;

  @IsSearch()
  @HoldsNoKey()
  q?: string;
}
