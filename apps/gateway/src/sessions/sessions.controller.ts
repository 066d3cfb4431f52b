import { Body, Controller, Delete, Get, Header, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NOT_ADMIN_TOKEN } from '../admin-auth/admin-problem.js';
import { AdminTokens } from '../admin-auth/admin-tokens.js';
import { ANONYMOUS } from '../admin-auth/authenticator.js';
import { Allow } from '../admin-auth/policy.js';
import { ADMIN_TOKEN_HOLDER } from '../admin-auth/principal.js';
import { EXAMPLE_ADMIN_TOKEN } from '../api-reference/example-credentials.js';
import { Operation, type ValueDescription } from '../api-reference/operation.decorator.js';
import { AuditRecorder } from '../audit/audit-recorder.js';
import { GatewayConfig } from '../gateway.config.js';
import { Problem } from '../http/problem.js';
import { sourceAddress } from '../http/source-address.js';
import { RateLimits } from '../limits/rate-limits.js';
import { OidcSignIn, SignInRefused } from '../oidc/oidc-sign-in.js';
import { SessionGuardian } from './session-guardian.js';
import { SignInBody, SignInQuery } from './sessions.dto.js';
import { SignInAttempts } from './sign-in-attempts.js';

interface OidcMethod {
  /** What the button says: "Sign in with …". */
  name: string;
}

interface SignInMethods {
  adminToken: true;
  /** `null`: not configured. */
  oidc: OidcMethod | null;
}

/** Where the console shows why a sign-in did not succeed: `expired`, `refused`, `unavailable` or `too_many_requests`. */
const SIGN_IN_PAGE = '/?sign-in-problem=';

const SET_COOKIE: ValueDescription = {
  description: 'The session of the browser, which scripts cannot read.',
  schema: { type: 'string' },
};
const LOCATION: ValueDescription = {
  description:
    'Where the browser goes: to the provider, to `returnTo`, or to `/?sign-in-problem=` with `expired`, `refused`, `unavailable` or `too_many_requests`.',
  schema: { type: 'string' },
  required: true,
};
const CSRF_HEADERS: Readonly<Record<string, ValueDescription>> = {
  'X-CSRF-Token': {
    description: 'The `csrfToken` of `GET /v1/me`, when there is a session to end.',
    schema: { type: 'string' },
  },
};

/** Signing in and out, for the console. Programs send their credential with every request instead. */
@Controller('v1')
export class SessionsController {
  constructor(
    private readonly sessions: SessionGuardian,
    private readonly attempts: SignInAttempts,
    private readonly oidc: OidcSignIn,
    private readonly adminTokens: AdminTokens,
    private readonly limits: RateLimits,
    private readonly audit: AuditRecorder,
    private readonly config: GatewayConfig,
  ) {}

  @Get('sign-in-methods')
  @Allow('everyone')
  @Operation('getSignInMethods', { summary: 'Says how one can sign in', local: true })
  methods(): SignInMethods {
    return { adminToken: true, oidc: this.oidc.isConfigured ? { name: this.config.OIDC_NAME } : null };
  }

  @Post('session')
  @Allow('everyone')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  @Operation('signIn', {
    summary: 'Begins a session of a browser, with the admin token',
    description:
      'For the console; programs send their credential with every request. The cookie needs https, or localhost, or a `PUBLIC_URL` of http.',
    problems: ['admin_credential_invalid', 'forbidden', 'too_many_requests'],
    example: { adminToken: EXAMPLE_ADMIN_TOKEN },
    answerHeaders: { 'Set-Cookie': { ...SET_COOKIE, required: true } },
  })
  async signIn(
    @Body() { adminToken }: SignInBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    this.sessions.assertMayBegin(request);
    await this.limits.countSignIn(request);
    const token = adminToken.trim();
    if (!this.adminTokens.matches(token)) {
      this.recordDenial(request, 'admin_credential_invalid');
      throw NOT_ADMIN_TOKEN;
    }
    const { actor, name, roles } = ADMIN_TOKEN_HOLDER;
    await this.sessions.begin(request, reply, (id) => {
      return { actor, name, roles, tokenProof: this.adminTokens.proofFor(id, token) };
    });
  }

  @Get('session/sign-in')
  @Allow('everyone')
  @HttpCode(302)
  @Header('Cache-Control', 'no-store')
  @Operation('beginSignIn', {
    summary: 'Sends the browser to the sign-in provider',
    description: 'A link for browsers. It leads back to `returnTo`, a path of the console, in a session.',
    local: true,
    problems: ['forbidden', 'route_not_found'],
    answerHeaders: { Location: LOCATION, 'Set-Cookie': SET_COOKIE },
  })
  async beginSignIn(
    @Query() { returnTo }: SignInQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    if (!this.oidc.isConfigured) throw new Problem('route_not_found');
    this.sessions.assertMayBegin(request);
    await this.redirect(request, reply, async () => {
      await this.limits.countSignIn(request);
      return this.attempts.begin(request, reply, returnTo);
    });
  }

  @Get('session/callback')
  @Allow('everyone')
  @HttpCode(302)
  @Header('Cache-Control', 'no-store')
  @Operation('completeSignIn', {
    summary: 'Where the sign-in provider sends the browser back to',
    description: 'With the parameters of OpenID Connect. Nothing else calls it.',
    local: true,
    problems: ['route_not_found'],
    answerHeaders: { Location: LOCATION, 'Set-Cookie': SET_COOKIE },
  })
  async completeSignIn(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    if (!this.oidc.isConfigured) throw new Problem('route_not_found');
    await this.redirect(request, reply, async () => {
      const { owner, returnTo } = await this.attempts.complete(request, reply);
      await this.sessions.begin(request, reply, () => owner);
      return returnTo;
    });
  }

  /** Also when there is nothing to end any more: whoever wants to be signed out is. */
  @Delete('session')
  @Allow('everyone')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  @Operation('signOut', {
    summary: 'Ends the session, at once and everywhere',
    problems: ['forbidden'],
    requestHeaders: CSRF_HEADERS,
    answerHeaders: { 'Set-Cookie': SET_COOKIE },
  })
  async signOut(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.end(request, reply);
  }

  /** A person looks at this, not a program: what goes wrong is shown by the console. */
  private async redirect(
    request: FastifyRequest,
    reply: FastifyReply,
    target: () => Promise<string>,
  ): Promise<void> {
    reply.header('location', await target().catch((error: unknown) => this.problemPage(request, error)));
  }

  private problemPage(request: FastifyRequest, error: unknown): string {
    if (error instanceof SignInRefused) {
      if (error.reason === 'refused') this.recordDenial(request, 'sign_in_refused');
      return `${SIGN_IN_PAGE}${error.reason}`;
    }
    if (error instanceof Problem && error.code === 'too_many_requests') return `${SIGN_IN_PAGE}${error.code}`;
    // Whatever else: Redis, the provider or the audit trail is away. None of it says anything about the person.
    return `${SIGN_IN_PAGE}unavailable`;
  }

  private recordDenial(request: FastifyRequest, reason: string): void {
    this.audit.recordDenial({
      actor: ANONYMOUS,
      sourceAddress: sourceAddress(request.ip),
      detail: `${reason}: ${request.method} ${request.routeOptions.url ?? ''}`,
    });
  }
}
