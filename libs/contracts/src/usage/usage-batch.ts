import { ArrayMaxSize, IsArray, IsBoolean, IsISO8601, IsInt, IsPositive, IsUUID, Max, Min } from 'class-validator';
import type { EventMessage } from '../contract.js';
import { MAX_KEYS_PER_USAGE_MESSAGE } from '../limits.js';
import { IsId } from '../validators.js';
import { IsUsageBatchId } from './usage-batch-id.js';

/**
 * What one publisher has counted since its last batch, column by column: at index i, key `keyIds[i]` was used (or
 * refused) `counts[i]` times in the hour `hours[i]`, the last time at `lastAts[i]`.
 *
 * A batch may be empty: it then only says that its publisher is alive and how complete its counts are.
 */
export abstract class UsageBatch implements EventMessage {
  /** `<publisherId>:<batchNumber>`. */
  @IsUsageBatchId()
  eventId!: string;

  @IsISO8601({ strict: true })
  occurredAt!: string;

  /** One gateway process, from its start to its end. */
  @IsUUID()
  publisherId!: string;

  /** 1, 2, 3 … for each publisher. */
  @IsInt()
  @IsPositive()
  @Max(Number.MAX_SAFE_INTEGER)
  batchNumber!: number;

  /** Every batch up to this number has been acknowledged by JetStream and will never be published again; 0: none yet. */
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  confirmedBatchNumber!: number;

  /** Every use before this moment is in a batch up to this one. */
  @IsISO8601({ strict: true })
  completeBefore!: string;

  /** The publisher's goodbye: nothing follows. */
  @IsBoolean()
  final!: boolean;

  @IsArray()
  @ArrayMaxSize(MAX_KEYS_PER_USAGE_MESSAGE)
  @IsId({ each: true })
  keyIds!: string[];

  /** The start of an hour, UTC. */
  @IsArray()
  @ArrayMaxSize(MAX_KEYS_PER_USAGE_MESSAGE)
  @IsISO8601({ strict: true }, { each: true })
  hours!: string[];

  @IsArray()
  @ArrayMaxSize(MAX_KEYS_PER_USAGE_MESSAGE)
  @IsInt({ each: true })
  @IsPositive({ each: true })
  @Max(Number.MAX_SAFE_INTEGER, { each: true })
  counts!: number[];

  @IsArray()
  @ArrayMaxSize(MAX_KEYS_PER_USAGE_MESSAGE)
  @IsISO8601({ strict: true }, { each: true })
  lastAts!: string[];
}
