import { type VerificationOutcome, VerifyApiKeysResponse } from '#contracts';
import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { VerificationConfig } from '../verification.config.js';
import { decide, type Finding } from './decide.js';
import { type CacheLookup, KeyCache } from './key-cache.js';
import { KeyRecords, type RecordsRead } from './key-records.js';

const outcomesTotal = new Counter({
  name: 'verification_outcomes_total',
  help: 'Keys verified, by outcome.',
  labelNames: ['outcome'] as const,
});
/** Labels are resolved once: this is counted for every key. */
const counters: Record<VerificationOutcome, Counter.Internal> = {
  VALID: outcomesTotal.labels('VALID'),
  UNKNOWN: outcomesTotal.labels('UNKNOWN'),
  EXPIRED: outcomesTotal.labels('EXPIRED'),
  DELETED: outcomesTotal.labels('DELETED'),
  UNAVAILABLE: outcomesTotal.labels('UNAVAILABLE'),
};

const NOTHING: RecordsRead = { byHash: new Map(), cacheableMs: 0 };

/**
 * Answers "is this key good, now?" for a batch of key hashes, each on its own: a key that cannot be decided
 * is UNAVAILABLE and spoils no other. At most 50 ms + 700 ms + 50 ms, whatever Redis and PostgreSQL do.
 *
 * Every batch asks for itself. To join a read that another batch has under way would be to answer with what
 * was true before this verification started.
 */
@Injectable()
export class VerificationService {
  constructor(
    private readonly config: VerificationConfig,
    private readonly cache: KeyCache,
    private readonly records: KeyRecords,
  ) {}

  /** @param keyHashes without duplicates */
  async verify(keyHashes: readonly string[]): Promise<VerifyApiKeysResponse> {
    const lookup = await this.cache.lookup(keyHashes);
    const findings = await this.readMisses(keyHashes, lookup);
    const fenced = await this.fenceDeleting(keyHashes, findings);
    return answer(findings, Date.now(), fenced);
  }

  private async readMisses(keyHashes: readonly string[], lookup: CacheLookup): Promise<Finding[]> {
    const missing = keyHashes.filter((_keyHash, i) => lookup.records[i] === undefined);
    const read = missing.length === 0 ? NOTHING : await this.records.read(missing).catch(() => undefined);
    if (read !== undefined) this.cache.fill(lookup, read);
    return keyHashes.map(
      (keyHash, i) =>
        lookup.records[i] ?? (read === undefined ? 'unread' : (read.byHash.get(keyHash) ?? 'absent')),
    );
  }

  /** Whether what the findings call `deleting` is fenced: only then may it be rejected. */
  private async fenceDeleting(keyHashes: readonly string[], findings: readonly Finding[]): Promise<boolean> {
    const deleting = keyHashes.filter((_keyHash, i) => isDeleting(findings[i]));
    if (deleting.length === 0) return true;
    // With replicas of Redis a fence proves nothing; the deleter waits until all entries have expired.
    if (this.config.REVOCATION_FENCE === 'wait') return false;
    return this.cache.fence(deleting);
  }
}

function isDeleting(finding: Finding | undefined): boolean {
  return typeof finding === 'object' && finding.state === 'deleting';
}

function answer(findings: readonly Finding[], nowMs: number, fenced: boolean): VerifyApiKeysResponse {
  const outcomes = findings.map((finding) => decide(finding, nowMs, fenced));
  for (const outcome of outcomes) counters[outcome].inc();
  const known = findings.map((finding, i) =>
    typeof finding === 'object' && outcomes[i] !== 'UNAVAILABLE' ? finding : undefined,
  );
  const response = new VerifyApiKeysResponse();
  response.outcomes = outcomes;
  response.keyIds = known.map((record) => record?.keyId ?? null);
  response.projectIds = known.map((record) => record?.projectId ?? null);
  response.expiresAts = known.map((record) => isoTime(record?.expiresAtMs ?? null));
  return response;
}

function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
