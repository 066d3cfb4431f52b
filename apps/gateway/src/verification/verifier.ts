import {
  MAX_VERIFICATIONS_PER_MESSAGE,
  type VerificationOutcome,
  verifyApiKeys,
  type VerifyApiKeysResponse,
} from '#contracts';
import { MessageBus } from '#messaging';
import { Injectable, Logger } from '@nestjs/common';

/** One attempt over NATS, and one repetition: verification is idempotent. Less than 2 s in all. */
const ATTEMPT_TIMEOUT_MS = 900;
const ATTEMPTS = 2;
/** One that verification works on, and one on its way: more at once would only be smaller. */
const PROMPT_MESSAGES = 2;
/** Many times what an answer takes. One that takes longer holds nobody up: its verifier may be gone, others are there. */
const PROMPT_MS = 5;

export interface ValidVerification {
  outcome: 'VALID';
  keyId: string;
  projectId: string;
  expiresAt: string | null;
}

/** What is known of a key hash now. */
export type Verification =
  | ValidVerification
  | { outcome: 'EXPIRED' | 'DELETED'; keyId: string }
  | { outcome: 'UNKNOWN' | 'UNAVAILABLE' };

const UNAVAILABLE: Verification = { outcome: 'UNAVAILABLE' };

interface Question {
  answer: Promise<Verification>;
  resolve: (verification: Verification) => void;
}

/**
 * Asks verification, all questions of one turn of the event loop in one message: a message for each costs three
 * quarters of the throughput. The same key asked twice in it travels once. While {@link PROMPT_MESSAGES} are under way
 * the next one grows instead, until one of them is answered, or late: under load messages are few and large.
 */
@Injectable()
export class Verifier {
  private readonly logger = new Logger(Verifier.name);
  /** Not sent yet, by key hash. Nobody joins what has been sent: its answer may be older than the newcomer. */
  private forming = new Map<string, Question>();
  private isSendDue = false;
  /** Messages sent within the last {@link PROMPT_MS} and not answered. */
  private prompt = 0;

  constructor(private readonly bus: MessageBus) {}

  /** Never rejects: what cannot be known is `UNAVAILABLE`. */
  verify(keyHash: string): Promise<Verification> {
    let question = this.forming.get(keyHash);
    if (question === undefined) {
      question = newQuestion();
      this.forming.set(keyHash, question);
      if (this.forming.size === MAX_VERIFICATIONS_PER_MESSAGE) this.send();
      else this.sendSoon();
    }
    return question.answer;
  }

  private sendSoon(): void {
    if (this.isSendDue || this.prompt >= PROMPT_MESSAGES || this.forming.size === 0) return;
    this.isSendDue = true;
    setImmediate(() => {
      this.isSendDue = false;
      if (this.prompt < PROMPT_MESSAGES) this.send();
    });
  }

  private send(): void {
    if (this.forming.size === 0) return;
    const questions = this.forming;
    this.forming = new Map();
    this.prompt++;
    let isPrompt = true;
    const endPrompt = (): void => {
      if (!isPrompt) return;
      isPrompt = false;
      this.prompt--;
      this.sendSoon();
    };
    const late = setTimeout(endPrompt, PROMPT_MS);
    void this.ask([...questions.keys()]).then((verifications) => {
      clearTimeout(late);
      let i = 0;
      for (const { resolve } of questions.values()) resolve(verifications[i++] ?? UNAVAILABLE);
      endPrompt();
    });
  }

  private async ask(keyHashes: string[]): Promise<Verification[]> {
    try {
      const answer = await this.bus.request(
        verifyApiKeys,
        { keyHashes },
        { timeoutMs: ATTEMPT_TIMEOUT_MS, attempts: ATTEMPTS },
      );
      return keyHashes.map((_hash, i) => verificationAt(answer, i));
    } catch (error) {
      this.logger.warn(
        `verification gave no answer: ${error instanceof Error ? error.message : String(error)}`,
      );
      return [];
    }
  }
}

function newQuestion(): Question {
  let resolve: Question['resolve'] = () => undefined;
  const answer = new Promise<Verification>((settle) => {
    resolve = settle;
  });
  return { answer, resolve };
}

function verificationAt(answer: VerifyApiKeysResponse, i: number): Verification {
  const outcome: VerificationOutcome | undefined = answer.outcomes[i];
  const keyId = answer.keyIds[i];
  const projectId = answer.projectIds[i];
  if (outcome === 'UNKNOWN') return { outcome };
  if (typeof keyId === 'string') {
    if (outcome === 'EXPIRED' || outcome === 'DELETED') return { outcome, keyId };
    if (outcome === 'VALID' && typeof projectId === 'string') {
      return { outcome, keyId, projectId, expiresAt: answer.expiresAts[i] ?? null };
    }
  }
  // UNAVAILABLE, or an answer that a newer verification gives and we do not understand: never a yes, never a 401.
  return UNAVAILABLE;
}
