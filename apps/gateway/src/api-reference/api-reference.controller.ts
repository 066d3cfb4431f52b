import { Controller, Get, Header } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Allow } from '../admin-auth/policy.js';
import type { OpenApi } from './openapi.js';
import { Operation } from './operation.decorator.js';
import { REFERENCE_STYLE, referencePage } from './reference-page.js';

/** From where this file is built to: `npm run generate` has made it from the routes that are served here. */
const DOCUMENT = new URL('../../../../../docs/openapi.json', import.meta.url);

/** Nothing of the page runs, and nothing but its own style is loaded. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(REFERENCE_STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What the API is, for programs and for people. */
@Controller()
export class ApiReferenceController {
  private readonly document = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as OpenApi;
  private readonly page = referencePage(this.document);

  @Get('openapi.json')
  @Allow('everyone')
  @Operation('getOpenApiDocument', { summary: 'This document', local: true })
  openApi(): object {
    return this.document;
  }

  @Get('docs')
  @Allow('everyone')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', CONTENT_SECURITY_POLICY)
  @Operation('getReferencePage', {
    summary: 'This document, for people',
    local: true,
    mediaType: 'text/html',
  })
  docs(): string {
    return this.page;
  }
}
