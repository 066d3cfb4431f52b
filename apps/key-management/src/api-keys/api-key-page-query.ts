import type { ApiKeySort, ApiKeyStatus } from '#contracts';
import { containing } from '../paging/keyset-page.js';
import type { PagePosition } from '../paging/page-cursor.js';

export interface ApiKeyFilters {
  q?: string;
  status?: ApiKeyStatus;
  expiresWithinDays?: number;
  unusedForDays?: number;
  neverUsed?: true;
}

export interface ApiKeyPageQuery {
  /** Keys of these projects, each named once; of all projects when undefined. */
  projectIds: readonly string[] | undefined;
  filters: ApiKeyFilters;
  sort: ApiKeySort;
  /** Begins behind this one. */
  position: PagePosition | undefined;
  rows: number;
  /** Most keys that a search through all projects looks at. */
  maxScannedKeys: number;
  now: Date;
}

/** A row of the answer. The last one with `isEnd` is no result: it tells how far a search has come that is not through. */
export interface ApiKeyPosition {
  id: string;
  at: Date | null;
  isEnd: boolean;
}

const DAY_MS = 86_400_000;
const COLUMNS = 'key.id, key.note, key.key_start, key.state, key.created_at, key.expires_at';
const COLUMN_OF = {
  createdAt: 'key.created_at',
  expiresAt: 'key.expires_at',
  lastUsedAt: 'usage.last_used_at',
} as const;
type SortField = keyof typeof COLUMN_OF;

/**
 * SQL for the ids of one page, by hand, as the plan decides whether a page costs what it has or what there is:
 *
 * - Of some projects: each one's keys are found by its index, filtered and sorted by themselves, and merged. That costs
 *   at most as much as the projects have keys.
 * - Of all projects, in an order that an index has: it is followed from the position on, and filters look at a limited
 *   number of keys. A page may be short then, and the search goes on from where it has come to.
 * - Of all projects by last use, which no index has as it would cost every use: all keys are sorted. For few only.
 */
export function apiKeyPageSql(query: ApiKeyPageQuery): { text: string; values: unknown[] } {
  const builder = new ApiKeyPageSql(query);
  const text = builder.text();
  return { text, values: builder.values };
}

/** What a list by last use across these projects would have to sort; counts no further than `limit`. */
export function countApiKeysSql(
  projectIds: readonly string[] | undefined,
  limit: number,
): [string, unknown[]] {
  const ofProjects = projectIds === undefined ? '' : 'AND project_id = ANY($2)';
  const text = `SELECT count(*)::int AS count FROM (
    SELECT FROM key_management.api_keys WHERE state <> 'deleted' ${ofProjects} LIMIT $1) AS keys`;
  return [text, projectIds === undefined ? [limit] : [limit, projectIds]];
}

class ApiKeyPageSql {
  readonly values: unknown[] = [];
  private readonly field: SortField;
  private readonly column: string;
  private readonly direction: 'ASC' | 'DESC';
  /** What lies behind a position in this direction. */
  private readonly behind: '>' | '<';

  constructor(private readonly query: ApiKeyPageQuery) {
    this.field = query.sort.replace('-', '') as SortField;
    this.column = COLUMN_OF[this.field];
    [this.direction, this.behind] = query.sort.startsWith('-') ? ['DESC', '<'] : ['ASC', '>'];
  }

  text(): string {
    if (this.query.projectIds !== undefined) return this.ofProjects(this.query.projectIds);
    return this.field === 'lastUsedAt' ? this.sorted(`true`) : this.alongIndex();
  }

  private ofProjects(projectIds: readonly string[]): string {
    return `
      SELECT page.id, page.at, false AS "isEnd"
      FROM unnest(${this.value(projectIds)}::uuid[]) AS scope (project_id)
      CROSS JOIN LATERAL (${this.sorted('key.project_id = scope.project_id')}) AS page
      ${this.order('page.at', 'page.id')} LIMIT ${this.value(this.query.rows)}`;
  }

  private sorted(scope: string): string {
    return `
      SELECT key.id, ${this.column} AS at, false AS "isEnd" FROM key_management.api_keys AS key ${this.usage()}
      WHERE ${scope} AND key.state <> 'deleted' AND ${this.conditions()} AND ${this.isBehind()}
      ${this.order(this.column, 'key.id')} LIMIT ${this.value(this.query.rows)}`;
  }

  private alongIndex(): string {
    const conditions = this.conditions();
    const filtered = conditions !== 'true';
    const rows = this.value(this.query.rows);
    const limit = filtered ? this.query.maxScannedKeys : this.query.rows;
    return `
      WITH scanned AS MATERIALIZED (${this.scan(this.value(limit))}),
      page AS (
        SELECT key.id, ${this.column} AS at FROM scanned AS key ${this.usage()} WHERE ${conditions}
        ${this.order(this.column, 'key.id')} LIMIT ${rows})
      SELECT id, at, "isEnd" FROM (
        SELECT id, at, false AS "isEnd" FROM page
        UNION ALL
        (SELECT key.id, ${this.column}, true FROM scanned AS key ${this.order(this.column, 'key.id')}
          OFFSET ${this.value(limit - 1)} LIMIT 1)
      ) AS answer ORDER BY "isEnd", ${this.by('at', 'id')}`;
  }

  /** From the position on as many as it says. Of keys that have an expiry and those that have none, each lies in one piece. */
  private scan(limit: string): string {
    const { position } = this.query;
    const part = (condition: string): string => `
      (SELECT ${COLUMNS} FROM key_management.api_keys AS key WHERE key.state <> 'deleted' AND ${condition}
      ORDER BY ${this.column} ${this.direction}, key.id ${this.direction} LIMIT ${limit})`;
    if (this.field === 'createdAt' || position?.at === null) return part(this.isBehind());
    const isBehindValue = position === undefined ? 'true' : this.isBehindValue(position.at, position.id);
    const withValue = part(`${this.column} IS NOT NULL AND ${isBehindValue}`);
    const withoutValue = part(`${this.column} IS NULL`);
    return `SELECT * FROM (${withValue} UNION ALL ${withoutValue}) AS key
      ${this.order(this.column, 'key.id')} LIMIT ${limit}`;
  }

  private isBehind(): string {
    const { position } = this.query;
    if (position === undefined) return 'true';
    if (position.at === null)
      return `${this.column} IS NULL AND key.id ${this.behind} ${this.value(position.id)}`;
    const isBehindValue = this.isBehindValue(position.at, position.id);
    return this.field === 'createdAt' ? isBehindValue : `(${isBehindValue} OR ${this.column} IS NULL)`;
  }

  private isBehindValue(at: Date, id: string): string {
    return `(${this.column}, key.id) ${this.behind} (${this.value(at)}::timestamptz, ${this.value(id)}::uuid)`;
  }

  private conditions(): string {
    const { filters, now } = this.query;
    const { q, status, expiresWithinDays, unusedForDays, neverUsed } = filters;
    const moment = (days: number): string => this.value(new Date(now.getTime() + days * DAY_MS));
    const conditions: string[] = [];
    if (q !== undefined) {
      const pattern = this.value(containing(q));
      conditions.push(`(key.note ILIKE ${pattern} OR key.key_start ILIKE ${pattern})`);
    }
    if (status === 'deleting') conditions.push(`key.state = 'deleting'`);
    if (status === 'expired') conditions.push(`key.state = 'active' AND key.expires_at <= ${moment(0)}`);
    if (status === 'active' || expiresWithinDays !== undefined) {
      conditions.push(`key.state = 'active' AND (key.expires_at IS NULL OR key.expires_at > ${moment(0)})`);
    }
    if (expiresWithinDays !== undefined) conditions.push(`key.expires_at <= ${moment(expiresWithinDays)}`);
    if (unusedForDays !== undefined) {
      conditions.push(`COALESCE(usage.last_used_at, key.created_at) <= ${moment(-unusedForDays)}`);
    }
    if (neverUsed === true) conditions.push('usage.last_used_at IS NULL');
    return conditions.length === 0 ? 'true' : conditions.join(' AND ');
  }

  private usage(): string {
    const { unusedForDays, neverUsed } = this.query.filters;
    const isAsked = this.field === 'lastUsedAt' || unusedForDays !== undefined || neverUsed !== undefined;
    return isAsked ? 'LEFT JOIN usage_tracking.api_key_usage AS usage ON usage.key_id = key.id' : '';
  }

  private order(at: string, id: string): string {
    return `ORDER BY ${this.by(at, id)}`;
  }

  private by(at: string, id: string): string {
    return `${at} ${this.direction} NULLS LAST, ${id} ${this.direction}`;
  }

  /** @returns the placeholder that stands for it */
  private value(value: unknown): string {
    return `$${String(this.values.push(value))}`;
  }
}
