import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { adminCredentialInvalid } from '../admin-auth/admin-problem.js';
import { AdminTokens } from '../admin-auth/admin-tokens.js';
import type { Principal } from '../admin-auth/principal.js';
import { AuditRecorder } from '../audit/audit-recorder.js';
import { Problem } from '../http/problem.js';
import { sourceAddress } from '../http/source-address.js';
import { BrowserAddress, type CookieKind } from './browser-address.js';
import { clearCookie, readCookie, setCookie } from './cookies.js';
import { type Session, type SessionOwner, SessionStore } from './session-store.js';

const COOKIE = 'traylinx-session';
/** Never sent along when another site sends the browser here: the console loads without, and asks by itself. */
const SAME_SITE = 'Strict';
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export const NO_SAFE_SESSION = new Problem('forbidden', {
  detail:
    'Signing in over plain http is refused, as others could read the session. Use https, or localhost on this machine; ' +
    'behind a proxy that takes the https set PUBLIC_URL or TRUSTED_PROXIES; to accept the risk, set PUBLIC_URL to the http ' +
    'address.',
});
const OTHER_ORIGIN = new Problem('forbidden', {
  detail:
    'The request comes from a page of another origin. Behind a proxy, set PUBLIC_URL to what browsers show.',
});
const NO_CSRF_TOKEN = new Problem('forbidden', {
  detail: 'A change in a session needs the header X-CSRF-Token, with the csrfToken of GET /v1/me.',
});

/** The sessions of browsers: from sign-in to sign-out, and whether a request in one is meant by its owner. */
@Injectable()
export class SessionGuardian {
  constructor(
    private readonly store: SessionStore,
    private readonly address: BrowserAddress,
    private readonly adminTokens: AdminTokens,
    private readonly audit: AuditRecorder,
  ) {}

  /**
   * Whose session it is; `undefined` without one.
   *
   * @throws Problem 401 when it is over, 403 when a change was sent by somebody else's page, 503 when it cannot be known
   */
  async identify(request: FastifyRequest): Promise<Principal | undefined> {
    const cookie = this.readCookie(request);
    if (cookie === undefined) return undefined;
    const session = await this.useSession(cookie.id);
    if (session === undefined) {
      throw adminCredentialInvalid('The session has ended. Sign in again.', {
        'set-cookie': clearCookie(COOKIE, { kind: cookie.kind, sameSite: SAME_SITE }),
      });
    }
    const csrfToken = csrfTokenOf(cookie.id);
    if (!SAFE_METHODS.has(request.method)) this.assertOwnPage(request, csrfToken);
    const { actor, name, roles, endsAtMs } = session;
    return { actor, name, roles, expiresAt: new Date(endsAtMs).toISOString(), csrfToken };
  }

  /** To be asked before anything else is done for a sign-in. @throws Problem 403 */
  assertMayBegin(request: FastifyRequest): void {
    if (this.address.cookieKind(request) === undefined) throw NO_SAFE_SESSION;
    const { origin } = request.headers;
    // What is no browser sends none.
    if (origin !== undefined && !this.address.isOurs(request, origin)) throw OTHER_ORIGIN;
  }

  /** Begins a session under a new id, and ends the one that the browser may have had. */
  async begin(
    request: FastifyRequest,
    reply: FastifyReply,
    ownerOf: (sessionId: string) => SessionOwner,
  ): Promise<void> {
    const kind = this.address.cookieKind(request);
    if (kind === undefined) throw NO_SAFE_SESSION;
    const before = this.readCookie(request);
    if (before !== undefined) await this.store.end(before.id);
    const id = this.store.newId();
    const owner = ownerOf(id);
    await this.store.begin(id, owner);
    await this.recordSignIn(request, owner).catch(async (error: unknown) => {
      await this.store.end(id);
      throw error;
    });
    reply.header('set-cookie', setCookie(COOKIE, id, { kind, sameSite: SAME_SITE }));
  }

  /** Ends the session of the browser, if it has one. @throws Problem as `identify` does, but for a session that is over */
  async end(request: FastifyRequest, reply: FastifyReply): Promise<Session | undefined> {
    const cookie = this.readCookie(request);
    if (cookie === undefined) return undefined;
    const session = await this.useSession(cookie.id);
    if (session !== undefined) {
      this.assertOwnPage(request, csrfTokenOf(cookie.id));
      await this.store.end(cookie.id);
      await this.recordSignOut(request, session);
    }
    reply.header('set-cookie', clearCookie(COOKIE, { kind: cookie.kind, sameSite: SAME_SITE }));
    return session;
  }

  private recordSignIn(request: FastifyRequest, { actor }: SessionOwner): Promise<void> {
    return this.audit.record({
      action: 'session.signed-in',
      actor,
      sourceAddress: sourceAddress(request.ip),
    });
  }

  /** Who wants to be signed out is, whether that can be written down now or not. */
  private recordSignOut(request: FastifyRequest, { actor }: SessionOwner): Promise<void> {
    return this.audit.recordOrKeep({
      action: 'session.signed-out',
      actor,
      sourceAddress: sourceAddress(request.ip),
    });
  }

  private async useSession(id: string): Promise<Session | undefined> {
    const session = await this.store.use(id);
    if (session?.tokenProof === undefined) return session;
    return this.adminTokens.vouchesFor(id, session.tokenProof) ? session : undefined;
  }

  private readCookie(request: FastifyRequest): { id: string; kind: CookieKind } | undefined {
    const kind = this.address.cookieKind(request);
    const id = kind && readCookie(request.headers, COOKIE, kind);
    return kind === undefined || id === undefined ? undefined : { id, kind };
  }

  private assertOwnPage(request: FastifyRequest, csrfToken: string): void {
    const { origin, 'x-csrf-token': given } = request.headers;
    if (origin === undefined || !this.address.isOurs(request, origin)) throw OTHER_ORIGIN;
    if (typeof given !== 'string' || !isSame(given, csrfToken)) throw NO_CSRF_TOKEN;
  }
}

/** Made of the id, which pages cannot read: nothing has to be stored. */
function csrfTokenOf(sessionId: string): string {
  return createHmac('sha256', sessionId).update('csrf').digest('base64url');
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
