import { Injectable } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '../admin-auth/principal.js';
import { GatewayConfig } from '../gateway.config.js';
import { SessionRedis } from './session-redis.js';

const ID_BYTES = 32;
const ID = /^[\w-]{43}$/;
/** The idle time is counted anew only when this part of it is over: not every request needs a write. */
const TOUCH_AFTER = 0.1;

export interface SessionOwner {
  actor: string;
  name: string;
  roles: readonly Role[];
  /** Of a sign-in by admin token: see `AdminTokens`. */
  tokenProof?: string;
}

export interface Session extends SessionOwner {
  /** Milliseconds since 1970. Nothing prolongs it. */
  endsAtMs: number;
}

/** Sessions in Redis, under the hash of their id: who can read Redis cannot take one over. */
@Injectable()
export class SessionStore {
  private readonly idleMs: number;
  private readonly maxAgeMs: number;

  constructor(
    private readonly redis: SessionRedis,
    config: GatewayConfig,
  ) {
    this.idleMs = config.SESSION_IDLE_TIMEOUT_S * 1_000;
    this.maxAgeMs = config.SESSION_MAX_AGE_S * 1_000;
  }

  newId(): string {
    return randomBytes(ID_BYTES).toString('base64url');
  }

  /** @param id a new one: a session never begins under an id that a browser has brought along. */
  async begin(id: string, owner: SessionOwner): Promise<void> {
    const session: Session = { ...owner, endsAtMs: Date.now() + this.maxAgeMs };
    const lifetimeMs = Math.min(this.idleMs, this.maxAgeMs);
    await this.redis.ask((redis) => redis.set(keyOf(id), JSON.stringify(session), 'PX', lifetimeMs));
  }

  /** The session, which has now been used; `undefined` when it is over or never was. */
  async use(id: string): Promise<Session | undefined> {
    if (!ID.test(id)) return undefined;
    const key = keyOf(id);
    const [text, remainingMs] = await this.redis.ask((redis) =>
      Promise.all([redis.get(key), redis.pttl(key)]),
    );
    if (text === null) return undefined;
    const session = JSON.parse(text) as Session;
    const leftMs = session.endsAtMs - Date.now();
    if (leftMs <= 0) return undefined;
    const lifetimeMs = Math.min(this.idleMs, leftMs);
    if (lifetimeMs - remainingMs > this.idleMs * TOUCH_AFTER) {
      // Has no effect on a session that is ended meanwhile.
      await this.redis.ask((redis) => redis.pexpire(key, lifetimeMs));
    }
    return session;
  }

  /** For good, everywhere, at once. */
  async end(id: string): Promise<void> {
    if (ID.test(id)) await this.redis.ask((redis) => redis.del(keyOf(id)));
  }
}

function keyOf(id: string): string {
  return `session:${createHash('sha256').update(id).digest('base64url')}`;
}
