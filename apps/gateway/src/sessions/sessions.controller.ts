import { Body, Controller, Delete, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NOT_ADMIN_TOKEN } from '../admin-auth/admin-problem.js';
import { AdminTokens } from '../admin-auth/admin-tokens.js';
import { Allow } from '../admin-auth/policy.js';
import { ADMIN_TOKEN_HOLDER } from '../admin-auth/principal.js';
import { SessionGuardian } from './session-guardian.js';
import { SignInBody } from './sessions.dto.js';

interface SignInMethods {
  adminToken: true;
  oidc: { name: string } | null;
}

/** Signing in and out, for the console. Programs send their credential with every request instead. */
@Controller('v1')
export class SessionsController {
  constructor(
    private readonly sessions: SessionGuardian,
    private readonly adminTokens: AdminTokens,
  ) {}

  @Get('sign-in-methods')
  @Allow('everyone')
  methods(): SignInMethods {
    return { adminToken: true, oidc: null };
  }

  @Post('session')
  @Allow('everyone')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
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
  async signOut(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.end(request, reply);
  }
}
