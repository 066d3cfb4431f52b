import { Body, Controller, Delete, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NOT_ADMIN_TOKEN } from '../admin-auth/admin-problem.js';
import { AdminTokens } from '../admin-auth/admin-tokens.js';
import { Allow } from '../admin-auth/policy.js';
import { ADMIN_TOKEN_HOLDER } from '../admin-auth/principal.js';
import { Operation, type ValueDescription } from '../api-reference/operation.decorator.js';
import { SessionGuardian } from './session-guardian.js';
import { SignInBody } from './sessions.dto.js';

interface OidcSignIn {
  /** What the button says: "Sign in with …". */
  name: string;
}

interface SignInMethods {
  adminToken: true;
  /** `null`: not configured. */
  oidc: OidcSignIn | null;
}

const SET_COOKIE: ValueDescription = {
  description: 'The session of the browser, which scripts cannot read.',
  schema: { type: 'string' },
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
    private readonly adminTokens: AdminTokens,
  ) {}

  @Get('sign-in-methods')
  @Allow('everyone')
  @Operation('getSignInMethods', { summary: 'Says how one can sign in', local: true })
  methods(): SignInMethods {
    return { adminToken: true, oidc: null };
  }

  @Post('session')
  @Allow('everyone')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  @Operation('signIn', {
    summary: 'Begins a session of a browser, with the admin token',
    description:
      'For the console; programs send their credential with every request. The cookie needs https, or localhost, or a `PUBLIC_URL` of http.',
    problems: ['admin_credential_invalid', 'forbidden'],
    answerHeaders: { 'Set-Cookie': { ...SET_COOKIE, required: true } },
  })
  async signIn(
    @Body() { adminToken }: SignInBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    this.sessions.assertMayBegin(request);
    const token = adminToken.trim();
    if (!this.adminTokens.matches(token)) throw NOT_ADMIN_TOKEN;
    const { actor, name, roles } = ADMIN_TOKEN_HOLDER;
    await this.sessions.begin(request, reply, (id) => {
      return { actor, name, roles, tokenProof: this.adminTokens.proofFor(id, token) };
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
}
