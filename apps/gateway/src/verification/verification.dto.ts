import { IsId, MayBeAbsent } from '#contracts';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsString } from 'class-validator';

/** Keys in one call of batch-verify. */
const MAX_BATCH_KEYS = 500;

export class VerifyBody {
  /** Anything may have been presented as a key: what is none is answered MALFORMED. */
  @IsString()
  key!: string;

  @MayBeAbsent()
  @IsId()
  projectId?: string;
}

export class BatchVerifyBody {
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_BATCH_KEYS)
  @IsString({ each: true })
  keys!: string[];
}
