import { IsIn, IsInt, Max, Min } from 'class-validator';
import { request } from '../contract.js';
import { MAX_FILTER_DAYS } from '../limits.js';
import { PageRequest } from '../page.js';
import { AreProjectIds, IsId, MayBeAbsent } from '../validators.js';
import type { ApiKey, ApiKeyStatus } from './api-key.js';

export const API_KEY_STATUSES = ['active', 'expired', 'deleting'] as const satisfies readonly ApiKeyStatus[];

/** `-` for the latest first. Keys without a value come last either way. */
export const API_KEY_SORTS = [
  'createdAt',
  '-createdAt',
  'lastUsedAt',
  '-lastUsedAt',
  'expiresAt',
  '-expiresAt',
] as const;
export type ApiKeySort = (typeof API_KEY_SORTS)[number];
export const DEFAULT_API_KEY_SORT: ApiKeySort = '-createdAt';

/** `q` is matched against the note and the key start. What is absent does not restrict. */
abstract class ApiKeysRequest extends PageRequest {
  @MayBeAbsent()
  @IsIn(API_KEY_STATUSES)
  status?: ApiKeyStatus;

  /** Active, and will expire within so many days. */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(MAX_FILTER_DAYS)
  expiresWithinDays?: number;

  /** Neither used nor made in the last so many days. */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(MAX_FILTER_DAYS)
  unusedForDays?: number;

  @MayBeAbsent()
  @IsIn([true])
  neverUsed?: true;

  /** `-createdAt` when absent. */
  @MayBeAbsent()
  @IsIn(API_KEY_SORTS)
  sort?: ApiKeySort;
}

export class ListApiKeysRequest extends ApiKeysRequest {
  @IsId()
  projectId!: string;
}

export class ListAllApiKeysRequest extends ApiKeysRequest {
  /** Only keys of these. */
  @AreProjectIds()
  projectIds?: string[];
}

export class ListApiKeysResponse {
  data!: ApiKey[];
  /** `null` on the last page. A page with fewer keys than asked for, or none, is not the last one while this is there. */
  nextCursor!: string | null;
}

/** Fails with PROJECT_NOT_FOUND. */
export const listApiKeys = request('req.api-keys.v1.list', ListApiKeysRequest, ListApiKeysResponse);

/** Across projects. Sorting by last use is refused (INVALID_REQUEST) when there are too many keys for it. */
export const listAllApiKeys = request('req.api-keys.v1.list-all', ListAllApiKeysRequest, ListApiKeysResponse);
