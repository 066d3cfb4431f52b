import type { VerificationOutcome } from '#contracts';

/** What PostgreSQL says about a key hash; the cache holds records of `active` keys only. */
export interface KeyRecord {
  readonly keyId: string;
  readonly projectId: string;
  readonly state: 'active' | 'deleting' | 'deleted';
  /** Milliseconds since 1970, UTC. `null`: never. */
  readonly expiresAtMs: number | null;
}

/**
 * What could be found out about a key hash. `absent`: there is no such key. `unread`: PostgreSQL did not
 * answer.
 */
export type Finding = KeyRecord | 'absent' | 'unread';

/**
 * The outcome for one key: what is cached is never a verdict, so that a key expires at its time and not
 * when its entry does.
 *
 * @param fenced whether the keys of this batch that are being deleted have been fenced after they were read
 */
export function decide(finding: Finding, nowMs: number, fenced: boolean): VerificationOutcome {
  if (finding === 'unread') return 'UNAVAILABLE';
  if (finding === 'absent') return 'UNKNOWN';
  switch (finding.state) {
    case 'active':
      return finding.expiresAtMs !== null && finding.expiresAtMs <= nowMs ? 'EXPIRED' : 'VALID';
    case 'deleting':
      // Its deleter may not have reached the cache yet. To reject now and leave the entry there would let
      // somebody see the key rejected and then accepted.
      return fenced ? 'DELETED' : 'UNAVAILABLE';
    case 'deleted':
      return 'DELETED';
  }
}
