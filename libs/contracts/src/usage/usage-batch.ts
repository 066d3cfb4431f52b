import { ArrayMaxSize, IsArray, IsBoolean, IsInt, Max, Min } from 'class-validator';
import type { EventMessage } from '../contract.js';
import { MAX_KEYS_PER_USAGE_MESSAGE, MAX_USES_PER_KEY_AND_MESSAGE } from '../limits.js';
import { HasAsManyItemsAs, IsId, IsInstant } from '../validators.js';
import { IsUsageBatchId } from './usage-batch-id.js';

const LAST_MS_OF_AN_HOUR = 3_599_999;

/**
 * What one publisher has counted within one hour since its last batch, column by column: key `keyIds[i]` was used
 * (or refused) `counts[i]` times, the first and the last time so many milliseconds after `hour`.
 *
 * The batches of one publisher are numbered through, whatever their subject. A batch may be empty: it then only says
 * that its publisher is alive and how complete its counts are.
 */
export abstract class UsageBatch implements EventMessage {
  /** {@link UsageBatchId} as text: whoever has recorded it ignores every repetition. */
  @IsUsageBatchId()
  eventId!: string;

  @IsInstant()
  occurredAt!: string;

  /** Everything that the publisher has counted before this moment is in a batch up to this one. */
  @IsInstant()
  completeBefore!: string;

  /** The publisher's goodbye: nothing follows. */
  @IsBoolean()
  final!: boolean;

  /** The start of an hour, UTC. */
  @IsInstant({ wholeHour: true })
  hour!: string;

  @IsArray()
  @ArrayMaxSize(MAX_KEYS_PER_USAGE_MESSAGE)
  @IsId({ each: true })
  keyIds!: string[];

  @HasAsManyItemsAs('keyIds')
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(MAX_USES_PER_KEY_AND_MESSAGE, { each: true })
  counts!: number[];

  @HasAsManyItemsAs('keyIds')
  @IsInt({ each: true })
  @Min(0, { each: true })
  @Max(LAST_MS_OF_AN_HOUR, { each: true })
  firstOffsetsMs!: number[];

  @HasAsManyItemsAs('keyIds')
  @IsInt({ each: true })
  @Min(0, { each: true })
  @Max(LAST_MS_OF_AN_HOUR, { each: true })
  lastOffsetsMs!: number[];
}
