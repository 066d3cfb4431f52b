import {
  API_KEY_SORTS,
  API_KEY_STATUSES,
  type ApiKeySort,
  type ApiKeyStatus,
  DEFAULT_API_KEY_SORT,
  IsExpiry,
  IsId,
  IsNote,
  MAX_FILTER_DAYS,
  MayBeAbsent,
  MayBeNull,
} from '#contracts';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsString, Max, Min } from 'class-validator';
import { HoldsNoKey } from '../http/holds-no-key.js';
import { ListQuery, toNumber } from '../http/list.query.js';
import { ProjectParams } from '../projects/projects.dto.js';

export class ApiKeyParams extends ProjectParams {
  @IsId()
  keyId!: string;
}

export class CreateApiKeyBody {
  @MayBeAbsent()
  @IsNote()
  @HoldsNoKey()
  note?: string | null;

  @IsExpiry()
  expiresAt?: string | null;

  @MayBeNull()
  @IsId()
  replacesKeyId?: string | null;
}

export class LookupBody {
  /** All 53 characters of it. */
  @IsString()
  key!: string;
}

export class ChangeNoteBody {
  @IsNote()
  @HoldsNoKey()
  note!: string | null;
}

const IsDays = (): PropertyDecorator => (target, property) => {
  Transform(({ value }: { value: unknown }) => toNumber(value))(target, property);
  for (const rule of [MayBeAbsent(), IsInt(), Min(1), Max(MAX_FILTER_DAYS)]) rule(target, property);
};

/** What is absent does not restrict; `q` is found in the note and the key start. */
export class ApiKeysQuery extends ListQuery {
  @MayBeAbsent()
  @IsIn(API_KEY_STATUSES)
  status?: ApiKeyStatus;

  /** Active, and will expire within so many days. */
  @IsDays()
  expiresWithinDays?: number;

  /** Neither used nor made in the last so many days. */
  @IsDays()
  unusedForDays?: number;

  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value))
  @MayBeAbsent()
  @IsIn([true])
  neverUsed?: true;

  /** `-` for the latest first. Keys without a value come last either way. */
  @IsIn(API_KEY_SORTS)
  sort: ApiKeySort = DEFAULT_API_KEY_SORT;
}
