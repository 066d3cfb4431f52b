import { Traylinx, type TraylinxOptions, UnavailableError, type Verification } from '@traylinx/sdk';
import { KeyCache } from './key-cache.js';
import { type Credential, credentialOf, type RawRequest } from './credential.js';
import { type Refusal, refusal } from './refusal.js';
import type { VerifiedKey } from './verified-key.js';

/** What has become of a request, for metrics. */
export interface Decision {
  outcome: 'accepted' | 'refused' | 'unavailable';
  /** `VALID`, or the code of the problem that the caller gets: `api_key_deleted`, `unavailable`. */
  code: string;
  /** Milliseconds that the decision has taken. */
  durationMs: number;
  isCached: boolean;
  /** Why it could not be known. */
  error?: unknown;
}

export interface ApiKeyGateOptions {
  /** A client of your own, or how to make one; unless given, one for `TRAYLINX_BASE_URL` (and `TRAYLINX_SERVICE_TOKEN`). */
  traylinx?: Pick<Traylinx, 'verify'> | Omit<TraylinxOptions, 'apiKey' | 'adminToken'> | undefined;
  /** Keys of other projects are refused with 403. */
  projectId?: string | undefined;
  /** Milliseconds that the gateway may take, retries included, before the request gets 503. 3,000. */
  timeoutMs?: number | undefined;
  /**
   * Milliseconds for which a key that was deleted may still be accepted, because its last verification is remembered.
   * 0 unless given: nothing is remembered, and a deleted key is refused on its next call. At most 60,000.
   */
  acceptDeletedKeysForMs?: number | undefined;
  /** Keys remembered at most, if they are. 10,000. */
  maxRememberedKeys?: number | undefined;
  /** Told about every request. What it throws is ignored. */
  onDecision?: ((decision: Decision) => void) | undefined;
}

export type Passage = { key: VerifiedKey; refusal?: undefined } | { key?: undefined; refusal: Refusal };

const LONGEST_MEMORY_MS = 60_000;
/** What is no key by its form alone is not worth a question. The gateway checks the rest. */
const KEY = /^tlx_[0-9A-Za-z]{49}$/;

const REFUSAL_CODES: Readonly<Record<string, Parameters<typeof refusal>[0]>> = {
  MALFORMED: 'api_key_malformed',
  UNKNOWN: 'api_key_unknown',
  EXPIRED: 'api_key_expired',
  DELETED: 'api_key_deleted',
  WRONG_PROJECT: 'wrong_project',
};

/**
 * Decides about requests. Every decision is a question to the gateway of its own: calls that happen at the same time are
 * not joined, as the earlier one may have been answered before a deletion that the later one has to see.
 */
export class ApiKeyGate {
  readonly #traylinx: Pick<Traylinx, 'verify'>;
  readonly #options: ApiKeyGateOptions;
  readonly #cache: KeyCache | undefined;

  /** @throws ConfigurationError without the address of a gateway; RangeError for a memory that is too long */
  constructor(options: ApiKeyGateOptions = {}) {
    this.#options = options;
    const { traylinx = {}, acceptDeletedKeysForMs: memoryMs = 0, maxRememberedKeys = 10_000 } = options;
    this.#traylinx =
      'verify' in traylinx ? traylinx : new Traylinx({ ...traylinx, apiKey: null, adminToken: null });
    if (!(memoryMs >= 0 && memoryMs <= LONGEST_MEMORY_MS)) {
      throw new RangeError(`acceptDeletedKeysForMs must be from 0 to ${LONGEST_MEMORY_MS}`);
    }
    this.#cache = memoryMs === 0 ? undefined : new KeyCache(memoryMs, maxRememberedKeys);
  }

  /** Never throws: what cannot be known is a refusal with 503. */
  async decide(request: RawRequest): Promise<Passage> {
    const startedAtMs = performance.now();
    const report = (decision: Omit<Decision, 'durationMs'>): void => {
      this.#report({ ...decision, durationMs: performance.now() - startedAtMs });
    };
    const credential = credentialOf(request);
    const unusable = withoutQuestion(credential);
    if (unusable !== undefined) {
      report({ outcome: 'refused', code: unusable.body.code, isCached: false });
      return { refusal: unusable };
    }
    const { token } = credential as Extract<Credential, { kind: 'present' }>;
    const remembered = this.#cache?.get(token);
    if (remembered !== undefined) {
      report({ outcome: 'accepted', code: 'VALID', isCached: true });
      return { key: remembered };
    }
    return this.#ask(token, startedAtMs, report);
  }

  async #ask(
    token: string,
    startedAtMs: number,
    report: (decision: Omit<Decision, 'durationMs'>) => void,
  ): Promise<Passage> {
    try {
      const { projectId, timeoutMs = 3_000 } = this.#options;
      const verification = await this.#traylinx.verify(token, { projectId, timeoutMs });
      if (verification.valid) {
        const { keyId, expiresAt, projectId: keysProject } = verification;
        const key = { keyId, projectId: keysProject, expiresAt };
        // From before the question: a deletion may have been answered since then.
        this.#cache?.set(token, key, startedAtMs);
        report({ outcome: 'accepted', code: 'VALID', isCached: false });
        return { key };
      }
      const refused = refusalOf(verification);
      report({ outcome: 'refused', code: refused.body.code, isCached: false });
      return { refusal: refused };
    } catch (error) {
      report({ outcome: 'unavailable', code: 'unavailable', isCached: false, error });
      const retryAfterMs = error instanceof UnavailableError ? error.retryAfterMs : null;
      return { refusal: refusal('unavailable', retryAfterMs) };
    }
  }

  #report(decision: Decision): void {
    try {
      this.#options.onDecision?.(decision);
    } catch {
      // Who counts requests must not decide about them.
    }
  }
}

function withoutQuestion(credential: Credential): Refusal | undefined {
  if (credential.kind === 'missing') return refusal('api_key_missing');
  if (credential.kind === 'ambiguous') return refusal('ambiguous');
  return KEY.test(credential.token) ? undefined : refusal('api_key_malformed');
}

/** A code that a newer gateway has added is a "no" as well. */
function refusalOf({ code }: Exclude<Verification, { valid: true }>): Refusal {
  return refusal(REFUSAL_CODES[code] ?? 'api_key_unknown');
}
