import { DEFAULT_PAGE_ITEMS, IsPageCursor, IsPageLimit, IsSearch } from '#contracts';
import { Type } from 'class-transformer';

/** `?limit&cursor&q` */
export class ListQuery {
  @Type(() => Number)
  @IsPageLimit()
  limit = DEFAULT_PAGE_ITEMS;

  @IsPageCursor()
  cursor?: string;

  @IsSearch()
  q?: string;
}
