/** Longer than key-management waits for PostgreSQL, so that its own word arrives first. */
export const MANAGEMENT_REQUEST = { timeoutMs: 7_000 } as const;
/** For what may be done twice: a lost answer, or a service that has just gone, is nothing that the caller hears of. */
export const REPEATABLE_REQUEST = { ...MANAGEMENT_REQUEST, attempts: 2 } as const;
/** A deletion waits up to F + L + margin while Redis is out of reach. Doing it twice completes what the first has begun. */
export const DELETION_REQUEST = { timeoutMs: 15_000, repeatAfterLoss: true } as const;
