import type { ApiKeyQuery } from '../../api/types.js';

/** What one can look for, by its name in the URL, and what the gateway calls it. */
export const FILTERS = {
  active: { label: 'Active', query: { status: 'active' } },
  expiring: { label: 'Expires within 14 days', query: { status: 'active', expiresWithinDays: 14 } },
  expired: { label: 'Expired', query: { status: 'expired' } },
  'idle-30': { label: 'Idle for 30+ days', query: { unusedForDays: 30 } },
  'idle-90': { label: 'Idle for 90+ days', query: { unusedForDays: 90 } },
  'never-used': { label: 'Never used', query: { neverUsed: true } },
  deleting: { label: 'Deleting', query: { status: 'deleting' } },
} as const satisfies Record<string, { label: string; query: ApiKeyQuery }>;

export type FilterName = keyof typeof FILTERS;

export const SORTABLE = ['createdAt', 'lastUsedAt', 'expiresAt'] as const;
export type SortField = (typeof SORTABLE)[number];
export type Sort = SortField | `-${SortField}`;
export const DEFAULT_SORT: Sort = '-createdAt';

/** The state of a list, as its URL has it: reloading, going back and sending a link all keep it. */
export interface ListSearch {
  q?: string | undefined;
  filter?: FilterName | undefined;
  sort?: Sort | undefined;
}

export type OnSearch = (search: ListSearch, options?: { replace?: boolean }) => void;

/**
 * Whatever is not understood is undefined: an old link leads to a list, not to an error. It is not left out, as the router
 * would then take what the address says.
 */
export function listSearch(search: Record<string, unknown>): ListSearch {
  const { q, filter, sort } = search;
  return {
    q: (typeof q === 'string' && q !== '') || typeof q === 'number' ? String(q) : undefined,
    filter: isFilter(filter) ? filter : undefined,
    sort: isSort(sort) && sort !== DEFAULT_SORT ? sort : undefined,
  };
}

export function apiKeyQuery({ q, filter, sort }: ListSearch): ApiKeyQuery {
  return { q, sort, ...(filter === undefined ? {} : FILTERS[filter].query) };
}

/** First the end that is of more interest, then the other. */
export function nextSort(field: SortField, current: Sort): Sort {
  const first: Sort = field === 'expiresAt' ? field : `-${field}`;
  const second: Sort = first === field ? `-${field}` : field;
  return current === first ? second : first;
}

export function isFilter(value: unknown): value is FilterName {
  return typeof value === 'string' && Object.hasOwn(FILTERS, value);
}

function isSort(value: unknown): value is Sort {
  return typeof value === 'string' && (SORTABLE as readonly string[]).includes(value.replace(/^-/, ''));
}
