import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ATTEMPT_LIFETIME_S, OidcSignIn, SignInRefused } from '../oidc/oidc-sign-in.js';
import { BrowserAddress, type CookieKind } from './browser-address.js';
import { NO_SAFE_SESSION } from './session-guardian.js';
import { clearCookie, readCookie, setCookie } from './cookies.js';
import type { SessionOwner } from './session-store.js';

const COOKIE = 'traylinx-sign-in';
/** The browser comes back from another site: with Strict it would come back without. */
const SAME_SITE = 'Lax';

/** A browser on its way to the provider and back. Nobody else can complete what it has begun, or make it complete theirs. */
@Injectable()
export class SignInAttempts {
  constructor(
    private readonly address: BrowserAddress,
    private readonly oidc: OidcSignIn,
  ) {}

  /** @returns where the browser is to go */
  async begin(request: FastifyRequest, reply: FastifyReply, returnTo: string): Promise<string> {
    const { id, url } = await this.oidc.begin(this.address.originFor(request), returnTo);
    const options = {
      kind: this.cookieKind(request),
      sameSite: SAME_SITE,
      maxAgeS: ATTEMPT_LIFETIME_S,
    } as const;
    reply.header('set-cookie', setCookie(COOKIE, id, options));
    return url;
  }

  async complete(
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<{ owner: SessionOwner; returnTo: string }> {
    const kind = this.cookieKind(request);
    const id = readCookie(request.headers, COOKIE, kind);
    if (id === undefined) throw new SignInRefused('expired', 'the browser has begun no attempt');
    reply.header('set-cookie', clearCookie(COOKIE, { kind, sameSite: SAME_SITE }));
    return this.oidc.complete(id, new URL(request.url, this.address.originFor(request)));
  }

  private cookieKind(request: FastifyRequest): CookieKind {
    const kind = this.address.cookieKind(request);
    if (kind === undefined) throw NO_SAFE_SESSION;
    return kind;
  }
}
