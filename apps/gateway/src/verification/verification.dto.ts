import { IsId, MAX_BATCH_KEYS, MayBeAbsent } from '#contracts';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsString } from 'class-validator';

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
