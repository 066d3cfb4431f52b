import { IsPageCursor, IsPageLimit, IsSearch } from './validators.js';

export abstract class PageRequest {
  @IsPageLimit()
  limit!: number;

  /** What the previous page gave as `nextCursor`. */
  @IsPageCursor()
  cursor?: string;

  /** Matches anywhere in the text, whatever the case. */
  @IsSearch()
  q?: string;
}
