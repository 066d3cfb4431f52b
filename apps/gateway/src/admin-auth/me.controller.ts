import { Controller, Get, Header, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Operation } from '../api-reference/operation.decorator.js';
import { Allow } from './policy.js';
import { type Principal, principalOf } from './principal.js';

@Controller('v1/me')
export class MeController {
  @Get()
  @Allow('signed-in')
  @Header('Cache-Control', 'no-store')
  @Operation('getMe', { summary: 'Says who one is, and what one may do' })
  me(@Req() request: FastifyRequest): Principal {
    return principalOf(request);
  }
}
